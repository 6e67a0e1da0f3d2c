import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir, setPriority } from 'node:os';
import { join } from 'node:path';

/** A Go module of the testbed: one program built from it, and the names it is linked to. */
interface GoProgram {
  /** The folder with go.mod, go.sum and main.go. */
  readonly sources: string;
  readonly program: string;
  readonly links: readonly string[];
  readonly linkerFlags: string;
}

/** What the one binary can be, by the name it is called with. */
const kube: GoProgram = {
  sources: join(import.meta.dirname, 'kube'),
  program: 'kube',
  links: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl'],
  linkerFlags: '-s -w',
};

const dockershimKubelet: GoProgram = {
  sources: join(import.meta.dirname, '..', 'dockershim-kubelet'),
  program: 'kubelet',
  links: [],
  // Its dependencies of 2021 reach into Go's own packages by go:linkname, which Go >= 1.23 refuses unless asked not to.
  linkerFlags: '-s -w -checklinkname=0',
};

const versionPackage = 'k8s.io/component-base/version';

/**
 * The folder with the Kubernetes binaries: built from the pinned modules of `kube/` by the first call (three to five minutes
 * on two cores), found again by the hash of those sources afterwards. Needs Go >= 1.24.
 */
export async function buildKube(environment: NodeJS.ProcessEnv, report: (line: string) => void): Promise<string> {
  return buildOnce(kube, environment, report);
}

/** The folder with a `kubelet` 1.23, the last that speaks to Docker itself; built as `buildKube` builds. */
export async function buildDockershimKubelet(environment: NodeJS.ProcessEnv, report: (line: string) => void): Promise<string> {
  return buildOnce(dockershimKubelet, environment, report);
}

async function buildOnce(program: GoProgram, environment: NodeJS.ProcessEnv, report: (line: string) => void): Promise<string> {
  const { hash, version } = await readSources(program);
  const cache = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nodemend', 'testbed');
  const folder = join(cache, hash);
  if (await exists(join(folder, program.program))) return folder;

  // A build that was killed leaves only its own temporary folder: the final name appears complete or not at all.
  const building = join(cache, `.${hash}.${randomUUID()}`);
  await mkdir(building, { recursive: true });
  const startedAt = performance.now();
  report(`building Kubernetes ${version} into ${folder} (once, some minutes)`);
  try {
    await goBuild(program, { output: join(building, program.program), version }, report);
    await Promise.all(program.links.map((name) => symlink(program.program, join(building, name))));
    await rename(building, folder).catch(async (error: unknown) => {
      // Another process built the same meanwhile.
      if (!(await exists(join(folder, program.program)))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  report(`built in ${seconds(startedAt)} s`);
  return folder;
}

interface Sources {
  readonly hash: string;
  /** `1.34.4` */
  readonly version: string;
}

async function readSources({ sources }: GoProgram): Promise<Sources> {
  const [goMod = '', ...others] = await Promise.all(['go.mod', 'go.sum', 'main.go'].map((name) => readFile(join(sources, name), 'utf8')));
  const version = /^\s*k8s\.io\/kubernetes v(\S+)$/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error(`${sources}/go.mod requires no k8s.io/kubernetes`);
  const hash = createHash('sha256').update([goMod, ...others, process.arch].join('\0')).digest('hex').slice(0, 16);
  return { hash, version };
}

/** The flags of the project's own release build that matter: without them the version reads v0.0.0-master. */
function goFlags(version: string, linkerFlags: string): readonly string[] {
  const [major, minor] = version.split('.');
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  return ['-trimpath', '-ldflags', `${linkerFlags} ${Object.entries(variables).map(([name, value]) => `-X ${versionPackage}.${name}=${value}`).join(' ')}`];
}

async function goBuild({ sources, linkerFlags }: GoProgram, { output, version }: { readonly output: string; readonly version: string }, report: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  // `-v` names each package as it is compiled; packages of Go's own cache are not named.
  const child = spawn('go', ['build', '-v', ...goFlags(version, linkerFlags), '-o', output, '.'], {
    cwd: sources,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  if (child.pid !== undefined) setPriority(child.pid, 15);
  let packages = 0;
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    packages += text.split('\n').length - 1;
    tail = (tail + text).slice(-4000);
  });
  const progress = setInterval(() => report(`  ${packages} packages compiled, ${seconds(startedAt)} s`), 15_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new Error('Go >= 1.24 is needed to build the testbed, and there is no `go` on the PATH') : error));
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`go build ended with ${code}:\n${tail}`);
  } finally {
    clearInterval(progress);
  }
}

function seconds(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1000);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
