import type { JsonObject } from '../../kubernetes/api.ts';
import { object, text } from '../../kubernetes/json-fields.ts';
import {
  dockerConfigTypes,
  isBroken,
  isDockerConfigType,
  parseDockerConfig,
  type DockerConfigEntry,
} from '../../registry/docker-config/docker-config.ts';
import { expiryOf } from '../../registry/docker-config/expiry.ts';
import { redactText } from '../redact.ts';
import type { PullLogin, PullSecret, PullSecretProblem } from './pull-secret.ts';

/** What is kept of a Secret (core/v1), on arrival: its data is read here and nowhere else, and let go. */
export function projectPullSecret(raw: JsonObject): PullSecret {
  return openPullSecret(raw).secret;
}

/** The same with its logins, for those who were asked to send them to their registry: they are never kept. */
export function openPullSecret(raw: JsonObject): OpenPullSecret {
  const type = text(raw['type']);
  if (!isDockerConfigType(type)) return broken(type, { kind: 'wrong-type' });
  const encoded = object(raw['data'])[dockerConfigTypes[type]];
  if (typeof encoded !== 'string') return broken(type, { kind: 'no-data' });
  const config = parseDockerConfig(Buffer.from(encoded, 'base64').toString('utf8'), type);
  if (!isBroken(config)) return { secret: { type, logins: config.entries.map(loginOf) }, entries: config.entries };
  return broken(type, { kind: config.problem, ...(config.key === undefined ? {} : { key: maskedKey(config.key) }) });
}

export interface OpenPullSecret {
  readonly secret: PullSecret;
  readonly entries: readonly DockerConfigEntry[];
}

function broken(type: string, problem: PullSecretProblem): OpenPullSecret {
  return { secret: { type, logins: [], problem }, entries: [] };
}

function loginOf({ key, user, password, identityToken, registryToken }: DockerConfigEntry): PullLogin {
  const expiry = expiryOf(password);
  return {
    key: maskedKey(key),
    holds: user !== '' || password.reveal() !== '' ? 'password' : identityToken || registryToken ? 'token' : 'nothing',
    ...(expiry.state === 'known' ? { expires: expiry.at } : {}),
  };
}

/**
 * A key is an address, in which people have been seen to write a login, and the name of a host, which kubelet finds
 * either way.
 */
function maskedKey(key: string): string {
  return redactText(key.replace(/^((?:https?:\/\/)?)[^/@]*@/u, '$1***@'));
}
