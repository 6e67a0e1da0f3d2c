/** Docker Hub's registry has another host than its images' names (distribution/reference, normalize.go). */
const hubHost = 'registry-1.docker.io';

/**
 * Where a registry is asked. Plain HTTP only for those that were named for it: containerd's leniency with `localhost`
 * is not copied.
 */
export function endpointOf(registry: string, plainHttp: ReadonlySet<string>): URL {
  const host = registry === 'docker.io' ? hubHost : registry;
  return new URL(`${plainHttp.has(registry) ? 'http' : 'https'}://${host}/`);
}

export function isHub({ hostname }: URL): boolean {
  return hostname === hubHost;
}
