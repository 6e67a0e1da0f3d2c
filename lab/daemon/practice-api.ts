import type { Server as HttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import type { KubeObject } from '../api/objects.ts';
import { mergePatch } from '../api/patches.ts';
import { kinds } from '../api/resources.ts';
import { adminRules, readRules } from '../api/roles.ts';
import { fakeApi } from '../api/server.ts';
import { now, ObjectStore } from '../api/store.ts';
import { apiAddress } from '../cluster/addresses.ts';
import { clusterObjects, nodeConditions } from '../cluster/cluster-objects.ts';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import type { Credentials } from './access-files.ts';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';

const nodes = kinds.Node;

/** The cluster's API with everything the plan holds, and the credentials that open it. */
export interface PracticeApi {
  readonly credentials: Credentials;
  /** A node has booted: its Node object tells the new boot id. */
  readonly noteBoot: (node: string, bootId: string) => void;
  /** What kubelet does every few minutes: these nodes have reported that they are well. */
  readonly noteHeartbeat: (nodes: readonly string[]) => void;
}

export interface PracticeApiOptions {
  readonly plan: ClusterPlan;
  readonly readToken: string;
  /** A listening socket on the machine's loopback. */
  readonly listener: Server;
}

export async function startPracticeApi(options: PracticeApiOptions): Promise<PracticeApi> {
  const { plan, readToken } = options;
  const authority = await createAuthority(`nodemend lab ${plan.name}`);
  const server = await authority.issue({ commonName: 'kube-apiserver', ip: [apiAddress(plan.slot)] });
  const admin = await authority.issue({ commonName: 'admin', organizations: ['system:masters'] });
  const store = new ObjectStore();
  for (const object of clusterObjects(plan)) store.create(kinds[object.kind], object);
  const api = fakeApi({
    store,
    tls: { ...server, authority: authority.certificate },
    users: { admin: { user: 'admin', groups: ['system:masters'], rules: adminRules } },
    tokens: { [readToken]: { user: 'reader', groups: [], rules: readRules } },
  });
  accept(options.listener, api);
  return {
    credentials: { authority: authority.certificate, admin, readToken },
    noteBoot: (node, bootId) => change(store, node, { status: { nodeInfo: { bootID: bootId } } }),
    noteHeartbeat: (names) => {
      for (const name of names) change(store, name, { status: { conditions: nodeConditions(now(), plan.createdAt) } });
    },
  };
}

/** The listener came from another network namespace, so connections are handed to the HTTPS server one by one. */
function accept(listener: Server, api: HttpsServer): void {
  listener.on('connection', (socket: Socket) => api.emit('connection', socket));
}

function change(store: ObjectStore, node: string, patch: object): void {
  const found = store.get(nodes, '', node);
  if ('refused' in found) return;
  const { resourceVersion: _, ...metadata } = found.object.metadata;
  store.replace(nodes, mergePatch({ ...found.object, metadata }, patch) as KubeObject);
}
