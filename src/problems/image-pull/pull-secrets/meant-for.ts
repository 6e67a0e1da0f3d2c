import { hubKey, normalizeKey } from '../../../registry/docker-config/keyring.ts';
import type { ImageReference } from '../../../registry/reference/image-reference.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { retiredRegistries } from '../../../registry/retired-registries.ts';
import { successorOf } from '../../../registry/successor.ts';

const hub = 'docker.io';

/**
 * The key under which kubelet finds the login of a registry, as `kubectl create secret docker-registry` and `docker
 * login` write it.
 */
export function keyFor(registry: string): string {
  return registry === hub ? hubKey : registry;
}

/**
 * Whether whoever wrote this key meant this registry, although kubelet does not take it so: another host of Docker Hub,
 * another port, a path or a case that no image has. A guess, for a sentence that says so.
 */
export function isMeantFor(key: string, { registry }: Pick<ImageReference, 'registry'>): boolean {
  const host = hostOf(key);
  if (host === undefined) return false;
  if (registry === hub) return /(?:^|\.)docker\.(?:io|com)$/u.test(withoutPort(host));
  return withoutPort(host) === withoutPort(registry.toLowerCase());
}

/** A key's host where that is retired altogether, and the registry that took its place, where one did. */
export function retiredKey(key: string): { readonly registry: string; readonly successor?: string } | undefined {
  const host = hostOf(key);
  const retired = retiredRegistries.find(
    ({ registry, repositories }) => repositories === undefined && registry === host,
  );
  if (retired === undefined) return undefined;
  const successor = successorOf(`${retired.registry}/owner/repo/image:1`);
  const reference = successor?.action === 'change' ? parseReference(successor.reference) : undefined;
  return {
    registry: retired.registry,
    ...(reference === undefined || isInvalid(reference) ? {} : { successor: reference.registry }),
  };
}

function hostOf(key: string): string | undefined {
  // Kubelet's own reading first; what it cannot read at all, people may still have meant.
  return (normalizeKey(key.trim()) ?? key.trim())
    .toLowerCase()
    .split('/')
    .find((part) => part !== '' && part !== 'https:' && part !== 'http:');
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/u, '');
}
