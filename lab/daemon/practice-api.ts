import type { Server as HttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { kinds } from '../api/resources.ts';
import { adminRules, readRules } from '../api/roles.ts';
import { fakeApi } from '../api/server.ts';
import { ObjectStore } from '../api/store.ts';
import { apiAddress } from '../cluster/addresses.ts';
import { clusterObjects } from '../cluster/cluster-objects.ts';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import type { Credentials } from './access-files.ts';
import { NodeReports } from './node-reports.ts';
import { keepReplicas } from './replica-sets.ts';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';

/** The cluster's API with everything the plan holds, and the credentials that open it. */
export interface PracticeApi {
  readonly credentials: Credentials;
  /** What kubelets tell it. */
  readonly reports: NodeReports;
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
  const objects = clusterObjects(plan);
  for (const object of objects) store.create(kinds[object.kind], object);
  keepReplicas(store);
  const api = fakeApi({
    store,
    tls: { ...server, authority: authority.certificate },
    users: { admin: { user: 'admin', groups: ['system:masters'], rules: adminRules } },
    tokens: { [readToken]: { user: 'reader', groups: [], rules: readRules } },
  });
  accept(options.listener, api);
  return {
    credentials: { authority: authority.certificate, admin, readToken },
    reports: new NodeReports(store, objects),
  };
}

/** The listener came from another network namespace, so connections are handed to the HTTPS server one by one. */
function accept(listener: Server, api: HttpsServer): void {
  listener.on('connection', (socket: Socket) => api.emit('connection', socket));
}
