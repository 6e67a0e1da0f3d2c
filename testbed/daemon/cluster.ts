import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiAddress, bridgeAddress } from '../../lab/cluster/addresses.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { startDaemon } from '../control-plane/daemon.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import type { Programs } from '../programs.ts';
import { innerApiPort, serviceAddress, type TestbedPlan } from '../testbed-plan.ts';

export interface ClusterOptions {
  readonly plan: TestbedPlan;
  readonly programs: Programs;
  /** Where data and certificates go. */
  readonly parent: string;
  /** Where the programs' logs go. */
  readonly logs: string;
}

/** The API server as nodes reach it. */
export const nodeSideServer = `https://${serviceAddress}:${innerApiPort}`;

/** Starts the whole control plane. It lives as long as this process. */
export async function startCluster({ plan, programs, parent, logs }: ClusterOptions): Promise<ControlPlane> {
  const plane = await startControlPlane({
    binaries: programs,
    parent,
    logs,
    network: { advertise: bridgeAddress, port: innerApiPort, addresses: [apiAddress(plan.slot), serviceAddress] },
  });
  const components = [
    { name: 'kube-controller-manager', program: programs.controllerManager, args: controllerFlags(plane) },
    { name: 'kube-scheduler', program: programs.scheduler, args: [] },
  ];
  for (const { name, program, args } of components) {
    const { certificate, key } = await plane.authority.issue({ commonName: `system:${name}` });
    const file = join(plane.folder, `${name}.kubeconfig`);
    const text = kubeconfigText({
      server: nodeSideServer,
      ca: plane.authority.certificate,
      user: name,
      certificate,
      key,
    });
    await writeFile(file, text, { mode: 0o600 });
    const flags = [`--kubeconfig=${file}`, '--leader-elect=false', '--secure-port=0', ...args];
    startDaemon({ name, program, args: flags, logFile: join(logs, `${name}.log`) });
  }
  return plane;
}

function controllerFlags({ folder }: ControlPlane): readonly string[] {
  return [
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(folder, 'service-accounts.key')}`,
    `--root-ca-file=${join(folder, 'ca.crt')}`,
    // A test does not wait the usual 50 s to see a node become NotReady.
    '--node-monitor-grace-period=20s',
  ];
}
