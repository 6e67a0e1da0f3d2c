import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { labProcesses } from '../lab/lab-processes.ts';
import { apiAddress } from '../lab/cluster/addresses.ts';
import type { NodeEvent } from './daemon/node-events.ts';
import type { TestbedFile } from './daemon/run-daemon.ts';
import { chosenTestbed, type TestbedChoice } from './testbed-folder.ts';
import { nodeState } from './node-state.ts';
import { partitionedNodes } from './partition.ts';
import type { Testbed } from './testbed-up.ts';
import { authorityFile } from './registry/registry-folder.ts';
import { loopbackHost } from './registry/push-image.ts';
import { loginUser } from './testbed-plan.ts';

export interface TestbedStatus extends Testbed {
  /** By node, oldest first. */
  readonly events: ReadonlyMap<string, readonly NodeEvent[]>;
  readonly kubectl: string;
}

/** @throws Error when there is no such testbed */
export async function testbedStatus(choice: TestbedChoice): Promise<TestbedStatus> {
  const { name, folder } = chosenTestbed(choice);
  if (labProcesses(folder).length === 0)
    throw new Error(`No testbed called ${name} is up\n  next: npm run testbed -- up`);
  const { plan, programs } = JSON.parse(readFileSync(folder.plan, 'utf8')) as TestbedFile;
  const events = readFileSync(folder.events, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NodeEvent);
  return { plan, folder, kubectl: programs.kubectl, events: Map.groupBy(events, ({ node }) => node) };
}

export async function statusLines({ plan, folder, events, kubectl }: TestbedStatus): Promise<readonly string[]> {
  const width = Math.max(...plan.nodes.map(({ name }) => name.length));
  const cutOff = partitionedNodes(folder);
  const nodes = plan.nodes.map(({ name, address, networkAddress, subnet }) => {
    const state = nodeState(events.get(name) ?? []);
    return (
      `  ${name.padEnd(width)}  ${networkAddress}  ssh ${loginUser}@${address} -p ${plan.sshPort}  ` +
      `${state}${subnet === 'closed' ? ', closed subnet' : ''}${cutOff.has(name) ? ', cut off' : ''}`
    );
  });
  return [
    `API server  https://${apiAddress(plan.slot)}:${plan.apiPort}`,
    `bastion     ${loginUser}@${plan.bastion.address}:${plan.sshPort}`,
    ...nodes,
    ...plan.registries.map(
      ({ name, host }) => `registry    https://${loopbackHost(plan, name)}, as nodes call it: ${host}`,
    ),
    '',
    `  ${kubectl} --kubeconfig ${folder.kubeconfig} get nodes`,
    `  ssh -F ${folder.sshConfig} ${plan.nodes[0]?.name}`,
    `  NODEMEND_CONFIG=${folder.configuration} nodemend doctor`,
    `  NODEMEND_CONFIG=${folder.configuration} nodemend diagnose --hosts ${folder.hosts}`,
    `  curl --cacert ${authorityFile(folder)} https://${loopbackHost(plan, 'mirror')}/v2/box/tags/list`,
    `  skopeo copy --dest-cert-dir ${dirname(authorityFile(folder))} --dest-authfile ` +
      `${folder.registryCredentials} docker-archive:FILE docker://${loopbackHost(plan, 'upstream')}/NAME:TAG`,
  ];
}
