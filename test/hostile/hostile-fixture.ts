import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import containerLogs from '../../src/problems/container-logs/break.sh?raw';
import { onNode } from '../../testbed/on-node.ts';
import type { TestbedSize } from '../../testbed/testbed-plan.ts';
import type { TestbedStatus } from '../../testbed/testbed-status.ts';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { operatorOf, type CommandResult, type Operator, type RunningCommand } from '../end-to-end/operator.ts';
import { accessControlPlane, type ControlPlaneAccess } from './control-plane-access.ts';
import { tracesOn } from './node-traces.ts';

/** A testbed in which things go wrong, and the people who work on it. */
export interface HostileFixture {
  readonly testbed: TestTestbed;
  readonly status: TestbedStatus;
  readonly admin: KubernetesApi;
  readonly controlPlane: ControlPlaneAccess;
  /** Gone with the fixture. */
  readonly operator: (environment?: Readonly<Record<string, string>>) => Operator;
  /** What nodemend left on a node, see `tracesOn`. */
  readonly traces: (node: string) => Promise<string>;
  /** Who has the lease of runs; empty when nobody has. */
  readonly leaseHolder: () => Promise<string>;
  /** Nobody has it, and nobody had. */
  readonly freeLease: () => Promise<void>;
  /** No rule covers the containers' logs, and nothing is left of earlier runs. @returns the traces of each */
  readonly breakNodes: (...nodes: readonly string[]) => Promise<readonly string[]>;
  readonly down: () => Promise<void>;
}

export const leasePath = '/apis/coordination.k8s.io/v1/namespaces/nodemend/leases/nodemend-run';

export async function startHostileFixture(size: TestbedSize, name: string): Promise<HostileFixture> {
  const testbed = await startTestTestbed(size, name);
  const operators: Operator[] = [];
  const status = await testbed.status();
  const admin = await openKubernetes({ kubeconfig: status.folder.kubeconfig, environment: {} });
  await admin.create(
    '/api/v1/namespaces',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nodemend' } },
    () => undefined,
  );
  const traces = (node: string): Promise<string> => tracesOn(status, node);
  return {
    testbed,
    status,
    admin,
    controlPlane: accessControlPlane(status),
    operator: (environment = {}) => {
      const operator = operatorOf(undefined, { NODEMEND_CONFIG: status.folder.configuration, ...environment });
      operators.push(operator);
      return operator;
    },
    traces,
    leaseHolder: () =>
      admin.get(leasePath, (raw) => (raw['spec'] as { readonly holderIdentity?: string }).holderIdentity ?? ''),
    freeLease: async () => void (await testbed.kubectl('delete', 'leases', '--all', '--namespace', 'nodemend')),
    breakNodes: (...nodes) =>
      Promise.all(
        nodes.map(async (node) => {
          await testbed.root(node, 'rm -rf /var/lib/nodemend');
          const { exitCode, stderr } = await onNode(status, node, containerLogs, ['rule-missing']);
          if (exitCode !== 0) throw new Error(`${node}: ${stderr}`);
          return traces(node);
        }),
      ),
    down: async () => {
      for (const operator of operators) operator.leave();
      await admin.close();
      await testbed.down();
    },
  };
}

/** What of the administrator's kubeconfig is to be another. */
export interface KubeconfigChange {
  readonly server?: string;
  /** PEM; the testbed's own otherwise. */
  readonly ca?: string;
  /** Instead of the administrator's certificate. */
  readonly token?: string;
  /** The whole user, instead of either. */
  readonly user?: object;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: object }[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/** @returns the path of a kubeconfig of an operator's own */
export function writeKubeconfig(
  { status }: HostileFixture,
  { folder }: Operator,
  { server, ca, token, user }: KubeconfigChange,
): string {
  const admin = parse(readFileSync(status.folder.kubeconfig, 'utf8')) as Kubeconfig;
  const own = {
    ...(server === undefined ? {} : { server, 'tls-server-name': 'kubernetes' }),
    ...(ca === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(ca).toString('base64'), 'tls-server-name': undefined }),
  };
  const login = user ?? (token === undefined ? undefined : { token });
  const path = join(folder, 'kubeconfig');
  const changed = {
    ...admin,
    clusters: admin.clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, ...own } })),
    users: admin.users.map((one) => (login === undefined ? one : { name: one.name, user: login })),
  };
  writeFileSync(path, stringify(changed), { mode: 0o600 });
  return path;
}

/** Everything that a command said, after its exit code; for one pattern on all of it. */
export async function said(command: RunningCommand | Promise<CommandResult>): Promise<string> {
  const { exitCode, stdout, stderr } = await ('ended' in command ? command.ended : command);
  return `${exitCode}\n${stdout}${stderr}`;
}
