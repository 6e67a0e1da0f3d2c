import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { apiAddress } from '../../lab/cluster/addresses.ts';
import type { SshKey } from '../../lab/daemon/ssh-key.ts';
import type { StateFolder } from '../../lab/state-folder.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import { loginUser, type TestbedPlan } from '../testbed-plan.ts';

export interface AccessParts {
  readonly folder: StateFolder;
  readonly plan: TestbedPlan;
  readonly plane: ControlPlane;
  readonly login: SshKey;
  /** By node name, and of `bastion`. */
  readonly hostKeys: ReadonlyMap<string, SshKey>;
}

/** Everything that kubectl, ssh and nodemend need on the machine, written to the state folder. */
export async function writeAccessFiles(parts: AccessParts): Promise<void> {
  const { folder, plan, plane, login } = parts;
  const admin = await plane.authority.issue({ commonName: 'admin', organizations: ['system:masters'] });
  const server = `https://${apiAddress(plan.slot)}:${plan.apiPort}`;
  const files: readonly (readonly [string, string])[] = [
    [folder.kubeconfig, kubeconfigText({ server, ca: plane.authority.certificate, user: 'admin', ...admin })],
    [folder.identity, login.private],
    [`${folder.identity}.pub`, `${login.public}\n`],
    [folder.knownHosts, knownHosts(parts)],
    [folder.sshConfig, sshConfig(parts)],
    [folder.configuration, nodemendConfiguration(parts)],
    [folder.hosts, hostsFile(parts)],
  ];
  await Promise.all(files.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
}

/** Each node by both of its addresses: through loopback, and through the bastion. */
function knownHosts({ plan, hostKeys }: AccessParts): string {
  const line = (host: string, name: string): string => `${host} ${hostKeys.get(name)?.public}\n`;
  const nodes = plan.nodes.map(({ name, address, networkAddress }) =>
    line(`[${address}]:${plan.sshPort},${networkAddress}`, name),
  );
  return [...nodes, line(`[${plan.bastion.address}]:${plan.sshPort}`, 'bastion')].join('');
}

/** `ssh -F ssh_config NODE` goes by loopback; a node's own address goes through the bastion. */
function sshConfig({ folder, plan }: AccessParts): string {
  const direct = [...plan.nodes, { name: 'bastion', address: plan.bastion.address }];
  return [
    ...direct.flatMap(({ name, address }) => [`Host ${name}`, `  HostName ${address}`, `  Port ${plan.sshPort}`]),
    `Host ${plan.nodes.map(({ networkAddress }) => networkAddress).join(' ')}`,
    '  ProxyJump bastion',
    'Host *',
    `  User ${loginUser}`,
    `  IdentityFile "${folder.identity}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${folder.knownHosts}"`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n');
}

/** The Node objects have the nodes' own addresses, which only the bastion reaches. */
function nodemendConfiguration({ folder, plan }: AccessParts): string {
  const ssh = {
    user: loginUser,
    identityFiles: [folder.identity],
    knownHosts: [folder.knownHosts],
    bastion: bastionOf(folder, plan),
  };
  return stringify({ kubeconfig: folder.kubeconfig, via: 'ssh', ssh });
}

/** The same nodes without any API server; used with the configuration, which names the known hosts. */
function hostsFile({ folder, plan }: AccessParts): string {
  const bastion = bastionOf(folder, plan);
  const hosts = plan.nodes.map(({ name, networkAddress, runtime }) => ({
    name,
    address: networkAddress,
    user: loginUser,
    group: runtime,
    identityFiles: [folder.identity],
    bastion,
  }));
  return stringify({ hosts }, { aliasDuplicateObjects: false });
}

function bastionOf({ identity }: StateFolder, { bastion, sshPort }: TestbedPlan): object {
  return { host: bastion.address, port: sshPort, user: loginUser, identityFiles: [identity] };
}
