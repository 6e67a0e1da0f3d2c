/**
 * Start-up of the command line against an empty Node, in one run: what needs no work must cost at most twice `node -e 0`,
 * with as many problems as the guide has. The program is measured as it is installed (a checkout also looks whether a
 * source is newer than the bundle), built from a copy of the sources with problems from the template of
 * `scripts/new-problem.ts` added. The contenders take turns, so that a busy moment hits all of them; medians are compared.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeProblem } from '../scripts/new-problem/make-problem.ts';
import { problemCatalogue } from '../src/problems/index.ts';
import { atMost, renderResults, type BenchResult } from './result.ts';

const root = join(import.meta.dirname, '..');
const node = existsSync(join(root, '.node/bin/node')) ? join(root, '.node/bin/node') : process.execPath;

/** Design bar: ≤ 2 × `node -e 0`. */
export const bar = 2;

/** So many troubles has the guide. */
const problemsOfGuide = 15;

/** Each answers from what is on this machine, and loads no more than it is asked for. */
export const commands: Readonly<Record<string, readonly string[]>> = {
  '--help': ['--help'],
  version: ['version'],
  'diagnose --help': ['diagnose', '--help'],
  'explain a problem': ['explain', problemCatalogue[0]?.meta.id ?? ''],
};

export interface StartUp {
  /** Median milliseconds of `node -e 0`. */
  readonly empty: number;
  /** Median milliseconds by the name of the command. */
  readonly medians: ReadonlyMap<string, number>;
}

export interface Loaded {
  /** Names of the files of the bundle that are modules. */
  readonly files: readonly string[];
  /** Of all of them. */
  readonly bytes: number;
  /** Node's own modules, as `process.moduleLoadList` has them. */
  readonly builtins: readonly string[];
}

/** An installed nodemend whose catalogue has as many problems as the guide. */
export class GrownProgram implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nodemend-start-up-'));

  constructor() {
    const source = join(this.#folder, 'source');
    for (const name of ['src', 'lab', 'scripts', 'deploy', 'bin', 'package.json'])
      cpSync(join(root, name), join(source, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
    for (let number = problemCatalogue.length; number < problemsOfGuide; number += 1)
      makeProblem(source, `toy-${String.fromCharCode(96 + number)}`);
    run(node, ['scripts/build.ts', '--clean'], source);
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(source, name), join(this.#folder, 'installed', name), { recursive: true });
    symlinkSync(join(root, '.node'), join(this.#folder, 'installed', '.node'));
  }

  /** One measurement of `rounds` turns each; the first turn of each warms the caches and is not counted. */
  measure(rounds: number): StartUp {
    const program = join(this.#folder, 'installed/bin/nodemend');
    const contenders = new Map([
      ['', () => time(node, ['-e', '0'])],
      ...Object.entries(commands).map(([name, words]) => [name, () => time(program, words)] as const),
    ]);
    const turns = new Map([...contenders.keys()].map((name): [string, number[]] => [name, []]));
    for (let round = 0; round <= rounds; round += 1)
      for (const [name, measured] of contenders) {
        const took = measured();
        if (round > 0) turns.get(name)?.push(took);
      }
    const medians = new Map([...turns].map(([name, values]) => [name, median(values)]));
    return { empty: medians.get('') ?? Number.NaN, medians };
  }

  /** What a command loads before it has answered. */
  loadedBy(words: readonly string[]): Loaded {
    const told = join(this.#folder, 'loaded.json');
    const recorder = `data:text/javascript,${encodeURIComponent(recorderModule(told))}`;
    run(node, ['--import', recorder, join(this.#folder, 'installed/dist/main.js'), ...words], root);
    const { urls, builtins } = JSON.parse(readFileSync(told, 'utf8')) as Readonly<Record<string, readonly string[]>>;
    const files = (urls ?? []).filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
    return {
      files: files.map((path) => basename(path)),
      bytes: files.reduce((sum, path) => sum + statSync(path).size, 0),
      builtins: builtins ?? [],
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function recorderModule(told: string): string {
  return `
    import { registerHooks } from 'node:module';
    import { writeFileSync } from 'node:fs';
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    process.on('exit', () => writeFileSync(${JSON.stringify(told)}, JSON.stringify({ urls, builtins: process.moduleLoadList })));
  `;
}

function time(program: string, args: readonly string[]): number {
  const began = performance.now();
  run(program, args, root);
  return performance.now() - began;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function measureStartUp(rounds: number): readonly BenchResult[] {
  using program = new GrownProgram();
  const { empty, medians } = program.measure(rounds);
  return Object.keys(commands).map((name) =>
    atMost(`nodemend ${name}: time to that of node -e 0`, (medians.get(name) ?? Number.NaN) / empty, bar, '×'),
  );
}

if (import.meta.main) process.stdout.write(renderResults(measureStartUp(30)));
