import { get, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import type { HostileFixture } from './hostile-fixture.ts';
import { mintToken, type ServiceAccount } from './service-account.ts';

const group = '/apis/flowcontrol.apiserver.k8s.io/v1';
const name = 'hostile';
const patienceMs = 60_000;

/**
 * From now on API Priority and Fairness answers 429 to every request of this user. Its priority level has no seat of
 * its own and does not queue (kubernetes.io/docs/concepts/cluster-administration/flow-control); the one request that a
 * level without seats lets in when it is empty (apiserver util/flowcontrol/fairqueuing/queueset,
 * canAccommodateSeatsLocked) is one of ours, whose body never comes. The server ends it after a minute
 * (`--request-timeout`), and so the throttling.
 * @returns what ends it earlier
 */
export async function throttle(fixture: HostileFixture, account: ServiceAccount): Promise<() => Promise<void>> {
  const { admin } = fixture;
  for (const [resource, body] of Object.entries(configuration(account)))
    await admin.create(`${group}/${resource}`, body, () => undefined);
  const token = mintToken(fixture, account, new Date(Date.now() + 3_600_000));
  let end = (): void => undefined;
  for (const deadline = Date.now() + patienceMs; (await statusFor(admin.server, token)) !== 429; await sleep(100)) {
    if (Date.now() > deadline) throw new Error('the server does not say 429');
    // Again, because the server takes the configuration into use only when it hears of it.
    end();
    end = occupySeat(admin.server, token);
  }
  return async () => {
    end();
    for (const resource of Object.keys(configuration(account)).toReversed())
      await admin.remove(`${group}/${resource}/${name}`);
  };
}

function configuration({ name: account }: ServiceAccount): Readonly<Record<string, JsonObject>> {
  const limited = {
    nominalConcurrencyShares: 0,
    borrowingLimitPercent: 0,
    lendablePercent: 0,
    limitResponse: { type: 'Reject' },
  };
  const rule = {
    subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: account, namespace: 'nodemend' } }],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  };
  const head = (kind: string): JsonObject => ({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind,
    metadata: { name },
  });
  return {
    prioritylevelconfigurations: { ...head('PriorityLevelConfiguration'), spec: { type: 'Limited', limited } },
    flowschemas: {
      ...head('FlowSchema'),
      spec: { matchingPrecedence: 2, priorityLevelConfiguration: { name }, rules: [rule] },
    },
  };
}

/** Nothing of these answers is used but their status: who they are from does not matter. */
const untrusted = { rejectUnauthorized: false, agent: false } as const;

function occupySeat(server: string, token: string): () => void {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': '1000' };
  const unfinished = request(`${server}/api/v1/namespaces/nodemend/configmaps`, {
    ...untrusted,
    method: 'POST',
    headers,
  });
  unfinished.on('error', () => undefined).flushHeaders();
  return () => unfinished.destroy();
}

function statusFor(server: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`${server}/api/v1/nodes?limit=1`, { ...untrusted, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}
