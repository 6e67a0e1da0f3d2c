import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { buildModule } from '../go/go-module.ts';
import { kube } from '../go/modules.ts';

export interface Binaries {
  readonly etcd: string;
  readonly apiserver: string;
}

/**
 * Where the real programs are: `$NODEMEND_TESTBED_BIN` (a folder with kube-apiserver, and etcd or not), else envtest's
 * `$KUBEBUILDER_ASSETS`, else built from `kube/`; etcd from the same folder, else from the PATH (Debian: etcd-server).
 */
export async function findBinaries(environment: NodeJS.ProcessEnv, report: (line: string) => void): Promise<Binaries> {
  const given = environment['NODEMEND_TESTBED_BIN'] || environment['KUBEBUILDER_ASSETS'];
  if (given && !(await isExecutable(join(given, 'kube-apiserver'))))
    throw new Error(`${given} holds no kube-apiserver`);
  const folder = given || (await buildModule(kube, { environment, report }));
  const etcd = await firstExecutable(
    [folder, ...(environment['PATH'] ?? '').split(delimiter)].map((place) => join(place, 'etcd')),
  );
  if (etcd === undefined) throw new Error('there is no etcd: install the package etcd-server, or put etcd on the PATH');
  return { etcd, apiserver: join(folder, 'kube-apiserver') };
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
