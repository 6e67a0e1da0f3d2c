import { readFileSync } from 'node:fs';
import type { ClusterPlan } from './cluster/cluster-plan.ts';
import { apiAddress } from './cluster/addresses.ts';
import { askLab } from './control-client.ts';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { chosenLab, type LabChoice } from './lab-folder.ts';
import { labProcesses } from './lab-processes.ts';
import type { StateFolder } from './state-folder.ts';

/** A practice cluster that is up. */
export interface LabStatus {
  readonly name: string;
  readonly folder: StateFolder;
  readonly createdAt: string;
  /** Of the fake API. */
  readonly server: string;
  readonly nodes: readonly LabNodeStatus[];
}

export interface LabNodeStatus {
  readonly name: string;
  readonly group: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `docker://…` or `containerd://…` */
  readonly runtime: string;
  readonly running: boolean;
}

/** @throws NodemendError LAB_NOT_UP */
export async function labStatus(choice: LabChoice = {}): Promise<LabStatus> {
  const { name, folder } = chosenLab(choice);
  if (labProcesses(folder).length === 0) throw new NodemendError('LAB_NOT_UP', { name });
  const { running } = await askLab(folder, name, { kind: 'status' });
  const plan = JSON.parse(readFileSync(folder.plan, 'utf8')) as ClusterPlan;
  return {
    name,
    folder,
    createdAt: plan.createdAt,
    server: `https://${apiAddress(plan.slot)}:${plan.apiPort}`,
    nodes: plan.nodes.map((node) => ({
      name: node.name,
      group: node.group.name,
      address: node.address,
      port: plan.sshPort,
      user: node.group.user,
      runtime: node.group.containerRuntimeVersion,
      running: running[node.name] ?? false,
    })),
  };
}
