import domains from './api-servers.json' with { type: 'json' };
import registries from './registries.json' with { type: 'json' };

/**
 * The registries that the region table has for a cluster, by its API server's name
 * (`https://<id>-nks-kr1.container.nhncloud.com:6443`, older `https://<id>-kr2-k8s.container.cloud.toast.com:6443`):
 * `host/path` of the one with and of the one without a way to the internet. Empty for a server of none of them.
 */
export function nksRegistries(server: string): readonly string[] {
  const host = URL.parse(server)?.hostname ?? '';
  const [, region] = /^[^.]*?-(kr\d)(?:-[^.]*)?\./u.exec(host) ?? [];
  const entry = registries.regions.find((one) => one.region === region && host.endsWith(`.${one.domain}`));
  if (entry === undefined) return [];
  return [entry.host, `${registries.withoutGateway}${entry.host}`].map((one) => `${one}/${registries.path}`);
}

const registryHost = /^(?:private-)?[0-9a-z]+-[a-z]+\d*-registry\.(.+)$/u;

/**
 * The folder of an NKS registry that an image lies in, `host/container_service`; undefined for one from elsewhere. Where
 * the NKS registry is enabled, the images of a cluster's own parts are named so (troubleshooting guide, "NKS 레지스트리를
 * 활성화하면 … 리포지터리 주소를 NKS 내부 주소로 변경"), which is all that nodes and the API server show of it: the label
 * `nks_registry_url` is the cluster's in the API of NKS, not an object's in Kubernetes.
 *
 * @param reference canonical, `host/path/name:tag`
 */
export function nksRegistryIn(reference: string): string | undefined {
  const [host = '', folder, ...below] = reference.split('/');
  const [, domain] = registryHost.exec(host) ?? [];
  if (domain === undefined || folder !== registries.path || below.length === 0) return undefined;
  return domains.includes(domain) ? `${host}/${folder}` : undefined;
}

/** The one that the guide's three commands name, and since when it is withdrawn. */
export const withdrawnRegistry = registries.withdrawn;

/**
 * How an image is called there, where all lie in one folder: by a table, not by the last part of the name.
 *
 * @param repository canonical, `registry.k8s.io/pause` @returns `isShared`: another image of the table has the same name
 */
export function nksName(repository: string): { readonly name: string; readonly isShared: boolean } | undefined {
  const names: Readonly<Record<string, string>> = registries.names;
  const name = Object.hasOwn(names, repository) ? names[repository] : undefined;
  if (name === undefined) return undefined;
  return { name, isShared: Object.values(names).filter((one) => one === name).length > 1 };
}
