import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { parseApiPath } from '../../src/kubernetes/api-path.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';
import type { RecordedExchange } from '../../src/kubernetes/testing/recording.ts';
import { startRecordingRelay } from '../../testbed/control-plane/recording-relay.ts';
import type { TestbedSize } from '../../testbed/testbed-plan.ts';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { operatorOf, type CommandResult, type Operator } from '../end-to-end/operator.ts';
import { deployFolder, permissionText } from './shipped-files.ts';

/** What passed between nodemend and the API server. */
export interface Asked {
  /** Permissions that were used, each once, in one line as `permissionText` writes it. */
  readonly used: readonly string[];
  /** Every request that was answered with 403. */
  readonly refused: readonly string[];
}

/** Somebody who has nothing but the token of a shipped service account, minted as TokenRequest does. */
export interface Holder {
  readonly operator: Operator;
  /** nodemend, by the relay. */
  readonly run: (...args: readonly string[]) => Promise<CommandResult>;
  /** nodemend, past the relay: what is passed on there are requests and answers, and commands in pods are neither. */
  readonly runDirectly: Holder['run'];
  /** With the same token, past the relay. */
  readonly api: KubernetesApi;
  /** With the same token, by the relay. */
  readonly relayed: KubernetesApi;
}

export interface RoleFixture {
  readonly testbed: TestTestbed;
  readonly admin: KubernetesApi;
  /** @param account `namespace/name` of the service account @param environment what else nodemend is given */
  readonly holder: (account: string, environment?: Readonly<Record<string, string>>) => Promise<Holder>;
  /** What was asked since the last call, by anybody. */
  readonly asked: () => Asked;
  readonly down: () => Promise<void>;
}

/** A testbed with everything of `deploy/`, and a relay in front of its API server that notes what nodemend asks. */
export async function startRoleFixture(size: TestbedSize, name: string): Promise<RoleFixture> {
  const testbed = await startTestTestbed(size, name);
  const { folder } = await testbed.status();
  const admin = await openKubernetes({ kubeconfig: folder.kubeconfig, environment: {} });
  const kubeconfig = parse(readFileSync(folder.kubeconfig, 'utf8')) as Kubeconfig;
  const certificate = Buffer.from(kubeconfig.clusters[0].cluster['certificate-authority-data'], 'base64').toString(
    'utf8',
  );
  const authority = await createAuthority('relay');
  const relay = await startRecordingRelay({
    server: admin.server,
    authority: { ...authority, certificate },
    tokens: new Map(),
  });
  await testbed.kubectl('apply', '-k', deployFolder);
  for (const file of ['nodemend-change.yaml', 'nodemend-pod.yaml'])
    await testbed.kubectl('apply', '-f', join(deployFolder, file));
  const left: (() => Promise<void> | void)[] = [];
  return {
    testbed,
    admin,
    holder: async (account, environment = {}) => {
      const [namespace = '', name = ''] = account.split('/');
      const operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration, ...environment });
      left.push(operator.leave);
      const token = (await testbed.kubectl('-n', namespace, 'create', 'token', name, '--duration=1h')).trim();
      const direct = join(operator.folder, 'direct.kubeconfig');
      writeFileSync(direct, kubeconfigFor(kubeconfig, { token }), { mode: 0o600 });
      const relayed = kubeconfigFor(kubeconfig, { token, server: relay.url, ca: authority.certificate });
      const relayedFile = join(operator.folder, 'relayed.kubeconfig');
      writeFileSync(relayedFile, relayed, { mode: 0o600 });
      const api = await openKubernetes({ kubeconfig: direct, environment: {} });
      const relayedApi = await openKubernetes({ kubeconfig: relayedFile, environment: {} });
      left.push(api.close, relayedApi.close);
      const run =
        (file: string): Holder['run'] =>
        (...args) =>
          operator.nodemend(...args, '--kubeconfig', file, '--lang', 'en');
      return { operator, run: run(relayedFile), runDirectly: run(direct), api, relayed: relayedApi };
    },
    asked: () => {
      const requests = relay.take();
      return {
        used: [...new Set(requests.map(permissionOf))].filter((text) => !everybodys.has(text)).toSorted(),
        refused: requests
          .filter(({ response }) => response.status === 403)
          .map(({ request }) => `${request.method} ${request.target}`),
      };
    },
    down: async () => {
      for (const leave of left) await leave();
      await relay.close();
      await admin.close();
      await testbed.down();
    },
  };
}

interface Kubeconfig {
  readonly clusters: readonly [
    {
      readonly name: string;
      readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
    },
  ];
  readonly users: readonly [{ readonly name: string }];
}

interface Login {
  readonly token: string;
  readonly server?: string;
  /** PEM. */
  readonly ca?: string;
}

function kubeconfigFor(admin: Kubeconfig, { token, server, ca }: Login): string {
  const [{ name, cluster }] = admin.clusters;
  const changed = {
    ...cluster,
    ...(server === undefined ? {} : { server }),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
  return stringify({
    ...admin,
    clusters: [{ name, cluster: changed }],
    users: [{ name: admin.users[0].name, user: { token } }],
  });
}

/** What the cluster's default roles give to every user: no role of ours names it. */
const everybodys = new Set([
  'get /version',
  'get /api/v1',
  'get /apis/nodemaintenance.medik8s.io',
  'get /apis/admissionregistration.k8s.io/v1',
  'create selfsubjectreviews.authentication.k8s.io',
  'create selfsubjectaccessreviews.authorization.k8s.io',
]);

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** As the API server makes an authorizer's question of a request (apiserver pkg/endpoints/request/requestinfo.go). */
function permissionOf({ request: { method, target } }: RecordedExchange): string {
  const url = new URL(target, 'https://relay');
  const asked = parseApiPath(url.pathname);
  if (!asked) return `${verbs[method]} ${url.pathname}`;
  const { group, resource, subresource, name, namespace } = asked;
  const listing = url.searchParams.get('watch') === 'true' ? 'watch' : 'list';
  return permissionText({
    verb: method === 'GET' && name === undefined ? listing : (verbs[method] ?? method),
    group,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  });
}
