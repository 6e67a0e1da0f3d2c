import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../../../src/kubernetes/testing/authority.ts';
import { startDaemon } from '../../control-plane/daemon.ts';
import { inHost } from '../../daemon/network-host.ts';
import { pullThroughConfiguration, type RegistryLogin } from '../../registry/registry-configuration.ts';
import { registryFolderAt } from '../../registry/registry-folder.ts';
import type { Testbed } from '../../testbed-up.ts';
import { startOutsideHost } from '../outside-host.ts';
import type { TestbedHub } from './testbed-hub.ts';

export interface HubMirror {
  /** `https://198.51.100.21` */
  readonly url: string;
  readonly address: string;
  /** The certificate of the authority that signed its own, PEM: nodes do not trust it unless they are told to. */
  readonly authority: string;
  readonly close: () => Promise<void>;
}

/**
 * Distribution's real registry as a pull-through cache of the fake Docker Hub, a host outside of its own, logged in
 * with an account.
 */
export async function serveHubMirror(
  testbed: Testbed,
  hub: TestbedHub,
  { program, login }: { readonly program: string; readonly login: RegistryLogin },
): Promise<HubMirror> {
  const authority = await createAuthority('authority of a mirror');
  // Nobody speaks on the port: that it listens tells that the host is there.
  const host = await startOutsideHost(testbed, { place: 1, ports: [9] });
  const own = registryFolderAt(join(testbed.folder.registries, 'hub-mirror'));
  await mkdir(own.storage, { recursive: true, mode: 0o700 });
  const issued = await authority.issue({ commonName: 'a mirror', ip: [host.address] });
  const trusted = join(own.path, 'hub.crt');
  const texts = [
    [own.certificate, issued.certificate],
    [own.key, issued.key],
    [trusted, hub.authority],
    [own.configuration, pullThroughConfiguration(own, `https://${hub.address}`, login)],
  ] as const;
  await Promise.all(texts.map(([file, text]) => writeFile(file, text, { mode: 0o600 })));
  const args = [
    ...inHost(host.pid),
    'env',
    `SSL_CERT_FILE=${trusted}`,
    'OTEL_TRACES_EXPORTER=none',
    program,
    'serve',
    own.configuration,
  ];
  const daemon = startDaemon({
    name: 'hub-mirror',
    program: 'nsenter',
    args,
    logFile: join(testbed.folder.logs, 'hub-mirror.log'),
  });
  return {
    url: `https://${host.address}`,
    address: host.address,
    authority: authority.certificate,
    close: async () => {
      await daemon.stop();
      await host.close();
    },
  };
}
