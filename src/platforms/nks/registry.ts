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
