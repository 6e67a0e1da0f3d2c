import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './control-plane/binaries.ts';
import { buildDockershimKubelet, buildKube } from './control-plane/build.ts';

/** Paths of the programs that a testbed runs beside those of Debian's packages. */
export interface Programs {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubectl: string;
  readonly kubelet: string;
  /** Kubelet 1.23 for Docker nodes; absent when there are none. */
  readonly dockershimKubelet?: string;
}

export interface ProgramOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly docker: boolean;
  readonly report: (line: string) => void;
}

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl'] as const;
/** In `$NODEMEND_TESTBED_BIN`, beside the others. */
const dockershimName = 'kubelet-1.23';

/** From `$NODEMEND_TESTBED_BIN`, which then holds all of them, or built (see `build.ts`). @throws Error naming what is missing */
export async function findPrograms({ environment, docker, report }: ProgramOptions): Promise<Programs> {
  const given = environment['NODEMEND_TESTBED_BIN'];
  if (given) await mustHold(given, docker ? [...components, dockershimName] : components);
  // envtest's assets have no kubelet and no controller manager, so they serve the control plane's own tests only.
  const folder = given || (await buildKube(environment, report));
  const { etcd } = await findBinaries({ ...environment, NODEMEND_TESTBED_BIN: folder }, report);
  const path = (name: (typeof components)[number]): string => join(folder, name);
  return {
    etcd,
    apiserver: path('kube-apiserver'),
    controllerManager: path('kube-controller-manager'),
    scheduler: path('kube-scheduler'),
    kubectl: path('kubectl'),
    kubelet: path('kubelet'),
    ...(docker ? { dockershimKubelet: given ? join(given, dockershimName) : join(await buildDockershimKubelet(environment, report), 'kubelet') } : {}),
  };
}

async function mustHold(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await access(join(folder, name), constants.X_OK).catch((cause: unknown) => {
      throw new Error(`NODEMEND_TESTBED_BIN: ${folder} holds no program ${name}\n  next: put it there, or unset NODEMEND_TESTBED_BIN to have it built`, { cause });
    });
  }
}
