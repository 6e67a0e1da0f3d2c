import { NodemendError } from '../../src/errors/nodemend-error.ts';
import type { Json, JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';

/**
 * A fake API client: nodes, one namespace and leases in memory, as far as a rollout asks. It keeps the rule that a PUT
 * with an old resourceVersion is refused, and no other; the real client and server are tested elsewhere.
 */
export class FakeCluster {
  uid = 'cluster-1';
  readonly notReady = new Set<string>();
  readonly controlPlane = new Set<string>();
  /** When a kubelet last posted a status. */
  readonly heartbeats = new Map<string, string>();
  readonly uids = new Map<string, string>();
  private readonly leases = new Map<string, JsonObject>();
  private version = 0;

  constructor(nodes: readonly string[]) {
    for (const name of nodes) this.uids.set(name, `uid-${name}`);
  }

  /** Holder of the one lease; empty when it is free. */
  holder(): string {
    const [lease] = this.leases.values();
    const spec = lease?.['spec'] as { readonly holderIdentity?: string } | undefined;
    return spec?.holderIdentity ?? '';
  }

  readonly api = {
    clockSkewMs: () => 0,
    get: async (path: string, project: (raw: JsonObject) => unknown) => {
      if (path === '/api/v1/namespaces/kube-system') return project({ metadata: { uid: this.uid } });
      const lease = this.leases.get(path);
      if (!lease) throw new NodemendError('API_NOT_FOUND', { path });
      return project(lease);
    },
    list: async (_path: string, { project }: { readonly project: (raw: JsonObject) => unknown }) =>
      [...this.uids.keys()].map((name) => project(this.node(name))),
    create: async (path: string, body: JsonObject, project: (raw: JsonObject) => unknown) => {
      const { name } = body['metadata'] as { readonly name: string };
      return project(this.store(`${path}/${name}`, body));
    },
    replace: async (path: string, body: JsonObject, project: (raw: JsonObject) => unknown) => {
      const { resourceVersion } = body['metadata'] as { readonly resourceVersion: Json };
      if (resourceVersion !== String(this.version))
        throw new NodemendError('API_CONFLICT', { path, message: 'modified' });
      return project(this.store(path, body));
    },
  } as unknown as KubernetesApi;

  private node(name: string): JsonObject {
    const labels = this.controlPlane.has(name) ? { 'node-role.kubernetes.io/control-plane': '' } : {};
    const status = this.notReady.has(name) ? 'False' : 'True';
    return {
      metadata: { name, uid: this.uids.get(name) ?? '', labels },
      spec: {},
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          { type: 'Ready', status, lastHeartbeatTime: this.heartbeats.get(name) ?? '2026-11-24T09:00:00Z' },
        ],
      },
    };
  }

  private store(path: string, body: JsonObject): JsonObject {
    this.version += 1;
    const stored = {
      ...body,
      metadata: { ...(body['metadata'] as JsonObject), resourceVersion: String(this.version) },
    };
    this.leases.set(path, stored);
    return stored;
  }
}
