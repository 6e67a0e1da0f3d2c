import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './control-plane/binaries.ts';
import { buildModule, type BuildOptions } from './go/go-module.ts';
import { containerd2, dockershimKubelet, kube, registry } from './go/modules.ts';
import type { Runtime } from './testbed-plan.ts';

/** Paths of the programs that a testbed runs beside those of Debian's packages. */
export interface Programs {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubectl: string;
  readonly kubelet: string;
  /** Kubelet 1.23 for Docker nodes; absent when there are none, or see `noDockershim`. */
  readonly dockershimKubelet?: string;
  /** Why Docker nodes have no kubelet of their own. */
  readonly noDockershim?: string;
  /** The folder of containerd 2's programs; absent when no node has it. */
  readonly containerd2?: string;
  /** Distribution's registry. */
  readonly registry: string;
}

export interface ProgramOptions extends BuildOptions {
  /** `none`: no Docker nodes; `stand-in`: Docker nodes without a kubelet. */
  readonly docker: 'none' | 'kubelet' | 'stand-in';
  readonly containerd2: boolean;
}

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl'] as const;
/** In `$NODEMEND_TESTBED_BIN`, beside the others. */
const dockershimName = 'kubelet-1.23';
const containerd2Name = 'containerd2';
const registryName = 'registry';

/**
 * From `$NODEMEND_TESTBED_BIN`, which then holds all of them; else those that envtest's `$KUBEBUILDER_ASSETS` has from
 * there, and the others built (`go/modules.ts`). @throws Error naming what is missing
 */
export async function findPrograms(options: ProgramOptions): Promise<Programs> {
  const given = options.environment['NODEMEND_TESTBED_BIN'];
  const programs = given ? await givenPrograms(given, options) : await builtPrograms(options);
  if (options.docker !== 'stand-in') return programs;
  return { ...programs, noDockershim: 'asked for' };
}

async function givenPrograms(
  folder: string,
  { environment, docker, containerd2: wanted, report }: ProgramOptions,
): Promise<Programs> {
  const containerd2Programs = Object.keys(containerd2.programs).map((name) => join(containerd2Name, name));
  await mustHold(folder, [
    ...components,
    registryName,
    ...(docker === 'kubelet' ? [dockershimName] : []),
    ...(wanted ? containerd2Programs : []),
  ]);
  const { etcd } = await findBinaries({ ...environment, NODEMEND_TESTBED_BIN: folder }, report);
  return {
    ...componentPaths(folder),
    etcd,
    registry: join(folder, registryName),
    ...(docker === 'kubelet' ? { dockershimKubelet: join(folder, dockershimName) } : {}),
    ...(wanted ? { containerd2: join(folder, containerd2Name) } : {}),
  };
}

async function builtPrograms(options: ProgramOptions): Promise<Programs> {
  const { environment, docker, containerd2: wanted, report } = options;
  const assets = environment['KUBEBUILDER_ASSETS'];
  if (assets) report(`kube-apiserver, and etcd and kubectl where they are there, from KUBEBUILDER_ASSETS: ${assets}`);
  const folder = await buildModule(kube, options);
  const binaries = await findBinaries(assets ? environment : { ...environment, NODEMEND_TESTBED_BIN: folder }, report);
  const kubectl = assets && (await isProgram(join(assets, 'kubectl'))) ? { kubectl: join(assets, 'kubectl') } : {};
  return {
    ...componentPaths(folder),
    ...binaries,
    ...kubectl,
    registry: join(await buildModule(registry, options), registryName),
    ...(docker === 'kubelet' ? await buildDockershim(options) : {}),
    ...(wanted ? { containerd2: await buildModule(containerd2, options) } : {}),
  };
}

/**
 * Sources of 2021 may not outlive every later Go: without it Docker nodes are there all the same, and everybody is
 * told.
 */
async function buildDockershim(options: ProgramOptions): Promise<Pick<Programs, 'dockershimKubelet' | 'noDockershim'>> {
  try {
    return { dockershimKubelet: join(await buildModule(dockershimKubelet, options), 'kubelet') };
  } catch (error) {
    options.signal?.throwIfAborted();
    options.report(`${dockershimKubelet.title} cannot be built: ${(error as Error).message}`);
    return { noDockershim: 'it could not be built' };
  }
}

/** Programs of the machine that a node has in /usr/local/bin, before Debian's own on every PATH: path and name. */
export function nodePrograms(programs: Programs, runtime: Runtime): readonly (readonly [path: string, name: string])[] {
  const kubelet = runtime === 'docker' ? programs.dockershimKubelet : programs.kubelet;
  const folder = runtime === 'containerd2' ? programs.containerd2 : undefined;
  return [
    ...(kubelet === undefined ? [] : [[kubelet, 'kubelet'] as const]),
    ...(folder === undefined
      ? []
      : Object.keys(containerd2.programs).map((name) => [join(folder, name), name] as const)),
  ];
}

function componentPaths(folder: string): Omit<Programs, 'etcd' | 'registry'> {
  const path = (name: (typeof components)[number]): string => join(folder, name);
  return {
    apiserver: path('kube-apiserver'),
    controllerManager: path('kube-controller-manager'),
    scheduler: path('kube-scheduler'),
    kubectl: path('kubectl'),
    kubelet: path('kubelet'),
  };
}

async function mustHold(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (await isProgram(join(folder, name))) continue;
    throw new Error(
      `NODEMEND_TESTBED_BIN: ${folder} holds no program ${name}\n  next: put it there, or unset NODEMEND_TESTBED_BIN to have it built`,
    );
  }
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
