import type { JsonObject, KubernetesApi, PatchOptions } from './api.ts';
import { reviewAccess } from './access-review.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { openConnection, type ConnectionOptions } from './connection.ts';
import { evictionVersion, evictPod, type EvictionVersion } from './evict.ts';
import { execInPod } from './exec/exec.ts';
import { exchange, exchangeAs } from './exchange.ts';
import { listAll } from './list.ts';
import type { ApiRequest } from './request.ts';
import { watchFrom } from './watch.ts';

const patchTypes: Readonly<Record<PatchOptions<unknown>['type'], string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  // Every JSON text is YAML; servers before 1.32 take no other media type.
  apply: 'application/apply-patch+yaml',
};

/** The client of one cluster. Opens no connection before its first request. */
export function createClient(access: ClusterAccess, options: ConnectionOptions): KubernetesApi {
  const connection = openConnection(access, options);
  const ask = async <T>(request: ApiRequest, project: (raw: JsonObject) => T): Promise<T> =>
    project(await exchange(connection, request));
  let eviction: Promise<EvictionVersion> | undefined;
  // Shared by all evictions, so no single caller's signal may end it.
  const findEviction = () => {
    eviction ??= evictionVersion(connection).catch((error: unknown) => {
      eviction = undefined;
      throw error;
    });
    return eviction;
  };
  return {
    context: access.context,
    server: access.server.origin,
    user: access.user,
    clientCertificateNotAfter: access.clientCertificateNotAfter?.toISOString(),
    get: (path, project, signal) => ask({ method: 'GET', path, signal }, project),
    text: (path, signal) =>
      exchangeAs(
        connection,
        { method: 'GET', path, accept: 'text/plain', signal },
        { read: (bytes) => bytes.toString('utf8') },
      ),
    list: async (path, listOptions) => (await listAll(connection, path, listOptions)).items,
    snapshot: (path, listOptions) => listAll(connection, path, listOptions),
    watch: (path, watchOptions) => watchFrom(connection, path, watchOptions),
    create: (path, body, project, signal) => ask({ method: 'POST', path, body, signal }, project),
    replace: (path, body, project, signal) => ask({ method: 'PUT', path, body, signal }, project),
    patch: (path, body, { type, fieldManager, force, dryRun, signal, project }) =>
      ask(
        {
          method: 'PATCH',
          path,
          query: { fieldManager, force, dryRun: dryRun ? 'All' : undefined },
          body,
          contentType: patchTypes[type],
          signal,
        },
        project,
      ),
    remove: async (path, { propagation: propagationPolicy, preconditions, signal } = {}) => {
      const body = preconditions && { body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions } };
      await exchange(connection, { method: 'DELETE', path, query: { propagationPolicy }, ...body, signal });
    },
    exec: (request) => execInPod(connection, request),
    evict: async (namespace, name, evictOptions) =>
      evictPod(connection, await findEviction(), { namespace, name }, evictOptions),
    canI: (accesses, signal) => reviewAccess(connection, accesses, signal),
    clockSkewMs: connection.clockSkewMs,
    close: connection.close,
  };
}
