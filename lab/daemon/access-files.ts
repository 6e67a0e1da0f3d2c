import { stringify } from 'yaml';
import { apiAddress } from '../cluster/addresses.ts';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Issued } from '../../src/kubernetes/testing/authority.ts';

/** Who may use the practice cluster, and with what. */
export interface Credentials {
  readonly authority: string;
  readonly admin: Issued;
  /** Bearer token of the read-only user. */
  readonly readToken: string;
}

/** Two contexts: everything by client certificate, as NKS hands it out, and read-only by token. */
export function kubeconfig(plan: ClusterPlan, credentials: Credentials): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { name } = plan;
  const [admin, read] = [`${name}-admin`, `${name}-read`];
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: `https://${apiAddress(plan.slot)}:${plan.apiPort}`,
          'certificate-authority-data': base64(credentials.authority),
        },
      },
    ],
    contexts: [
      { name, context: { cluster: name, user: admin } },
      { name: read, context: { cluster: name, user: read } },
    ],
    users: [
      {
        name: admin,
        user: {
          'client-certificate-data': base64(credentials.admin.certificate),
          'client-key-data': base64(credentials.admin.key),
        },
      },
      { name: read, user: { token: credentials.readToken } },
    ],
  });
}

/** One line a node, by address and port, as ssh writes it itself. */
export function knownHosts(plan: ClusterPlan, hostKeys: ReadonlyMap<string, string>): string {
  return plan.nodes.map((node) => `[${node.address}]:${plan.sshPort} ${hostKeys.get(node.name)}\n`).join('');
}

/** For the OpenSSH client: `ssh -F ssh_config NODE`. */
export function sshConfig(plan: ClusterPlan, folder: StateFolder): string {
  const shared = [
    'Host *',
    `  IdentityFile ${quoted(folder.identity)}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${quoted(folder.knownHosts)}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    `  Port ${plan.sshPort}`,
    '',
  ];
  // The address stands beside the name, because tools that read the API dial the address.
  const nodes = plan.nodes.flatMap(({ name, address, group }) => [
    `Host ${name} ${address}`,
    `  HostName ${address}`,
    `  User ${group.user}`,
  ]);
  return [...nodes, ...shared].join('\n');
}

function quoted(path: string): string {
  return `"${path}"`;
}
