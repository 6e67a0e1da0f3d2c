import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import type { KubernetesApi, ListOptions, WatchEvent } from '../../src/kubernetes/api.ts';

interface Followed<T> extends Pick<ListOptions<T>, 'project' | 'labelSelector'> {
  readonly path: string;
  /** All there is, at the beginning and whenever the server has forgotten what it told. */
  readonly all: (items: readonly T[]) => void;
  readonly changed: (type: WatchEvent<T>['type'], item: T) => void;
}

/** Follows a collection, over restarts of the server, until it is stopped. Returns when `all` has been told. */
export async function follow<T>(
  api: KubernetesApi,
  { path, project, labelSelector, all, changed }: Followed<T>,
): Promise<{ readonly stop: () => Promise<void> }> {
  const selected = labelSelector === undefined ? { project } : { project, labelSelector };
  const ending = new AbortController();
  const { signal } = ending;
  const read = async (): Promise<string> => {
    const { items, resourceVersion } = await api.snapshot(path, { ...selected, signal });
    all(items);
    return resourceVersion;
  };
  const watch = async (resourceVersion: string): Promise<void> => {
    for await (const { type, object } of api.watch(path, { ...selected, resourceVersion, signal }))
      if (object !== undefined) changed(type, object);
  };
  let version = await read();
  const watched = (async (): Promise<void> => {
    for (;;) {
      try {
        await watch(version);
      } catch (error) {
        if (signal.aborted) return;
        if (!isNodemendError(error) || error.code !== 'API_EXPIRED') throw error;
        version = await read();
      }
    }
  })();
  // Told by whoever stops it.
  watched.catch(() => undefined);
  return {
    stop: async () => {
      ending.abort();
      await watched;
    },
  };
}
