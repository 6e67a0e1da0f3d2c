import type { Mirror } from './mirror.ts';
import type { Bootstrap } from '../../problem.ts';
import type { ImagePullInputs } from '../inputs.ts';
import script from './bootstrap.sh?raw';
import { hostFolder } from '../../../runtimes/containerd/host-folder.ts';
import { hostsText } from './hosts-text.ts';

/** Only where mirrors are asked for: nodemend has none of its own. */
export const bootstrap: Bootstrap<ImagePullInputs> = {
  script,
  content: ({ mirror }) => mirror && bootstrapFiles(mirror),
};

/** One for all mirrors, because `--mirror-ca` names one. */
const authorityPath = '/etc/containerd/nodemend-mirror.crt';

/** Files for bootstrap.sh, each behind a line with its path. */
export function bootstrapFiles(mirrors: readonly Mirror[]): string {
  const authority = mirrors.flatMap((mirror) => mirror.authority ?? [])[0];
  const hosts = mirrors.map((mirror): readonly [string, string] => [
    `/etc/containerd/certs.d/${hostFolder(mirror.registry)}/hosts.toml`,
    hostsText(mirror, mirror.authority === undefined ? undefined : authorityPath),
  ]);
  const files = [
    ...(authority === undefined ? [] : [[authorityPath, authority] as const]),
    ['/etc/containerd/registry-config.json', registryConfig(mirrors)] as const,
    ...hosts,
  ];
  return files.map(([path, text]) => `== ${path}\n${text}`).join('');
}

interface RegistryEntry {
  readonly registry: string;
  readonly endpoint_list: readonly string[];
  readonly tls?: { readonly ca_file: string };
}

/**
 * NKS's own form (its user guide, "사용자 정의 containerd 레지스트리 설정 기능"). It replaces NKS's defaults, so Docker Hub is in it
 * whether it has a mirror or not. An authority belongs to the host that is connected to, which gets an entry of its
 * own.
 */
function registryConfig(mirrors: readonly Mirror[]): string {
  const withMirror = mirrors.map((mirror): RegistryEntry => ({
    registry: mirror.registry,
    endpoint_list: [endpoint(mirror), ...(mirror.isOnly ? [] : [origin(mirror.registry)])],
  }));
  const hub: readonly RegistryEntry[] = mirrors.some(({ registry }) => registry === 'docker.io')
    ? []
    : [{ registry: 'docker.io', endpoint_list: [origin('docker.io')] }];
  const trusted = mirrors.flatMap((mirror): readonly RegistryEntry[] =>
    mirror.authority === undefined
      ? []
      : [
          {
            registry: mirror.host,
            endpoint_list: [`${mirror.url.slice(0, mirror.url.indexOf('://'))}://${mirror.host}`],
            tls: { ca_file: authorityPath },
          },
        ],
  );
  return `${JSON.stringify([...withMirror, ...hub, ...trusted], undefined, 2)}\n`;
}

/**
 * containerd 1 takes an endpoint's path as it is, and a `/v2` where there is none (pkg/cri/server/image_pull.go,
 * registryHosts).
 */
function endpoint({ url, path }: Mirror): string {
  return path === '' || path.split('/').includes('v2') ? url : `${url}/v2`;
}

function origin(registry: string): string {
  return `https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
}
