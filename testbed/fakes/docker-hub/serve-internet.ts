import { randomUUID } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createAuthority } from '../../../src/kubernetes/testing/authority.ts';
import { serveForwardProxy } from '../forward-proxy.ts';
import { FakeHub, type FakeHubOptions } from './fake-hub.ts';
import { serveUntilTestEnds } from './serve-fake-hub.ts';

export interface FakeInternet {
  readonly hub: FakeHub;
  /** What a command finds it by. */
  readonly environment: { readonly HTTPS_PROXY: string };
  /** Names that were asked for, with their ports. */
  readonly asked: readonly string[];
}

/**
 * Registries under their real names, all of them the fake: a forward proxy on a loopback port leads each of these names
 * to it, and refuses all others, so that nothing leaves the machine. Trusted by this process until the test ends.
 */
export async function serveInternet(
  names: readonly string[],
  options: Pick<FakeHubOptions, 'images'> & Partial<FakeHubOptions>,
): Promise<FakeInternet> {
  const authority = await createAuthority(`authority of a test ${randomUUID()}`);
  const hub = new FakeHub({ realm: ({ headers }) => `https://${headers.host}/token`, anonymousLimit: 100, ...options });
  const registry = await serveUntilTestEnds(
    hub.handle,
    await authority.issue({ commonName: 'registries', dns: [...names] }),
  );
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, authority.certificate]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const asked: string[] = [];
  const proxy = await serveForwardProxy((target) => {
    asked.push(target);
    return names.includes(target.replace(/:443$/u, '')) ? registry : undefined;
  });
  return { hub, environment: { HTTPS_PROXY: proxy }, asked };
}
