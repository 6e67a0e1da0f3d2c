/**
 * Start-up of the command line against an empty Node, in one run: `nodemend --help` (and `version`) must cost at most
 * twice `node -e 0`. The contenders take turns, so that a busy moment hits all of them; medians are compared.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Design bar: `nodemend --help` ≤ 2 × `node -e 0`. */
export const bar = 2;

export interface StartUp {
  /** Median milliseconds of `node -e 0`. */
  readonly empty: number;
  /** Median milliseconds of `nodemend --help`. */
  readonly help: number;
  readonly ratio: number;
}

/** One measurement of `rounds` turns each; the first turn of each warms the caches and is not counted. */
export function measureStartUp(rounds: number): StartUp {
  const node = existsSync(join(root, '.node/bin/node')) ? join(root, '.node/bin/node') : process.execPath;
  const empty: number[] = [];
  const help: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const turn = [time(node, ['-e', '0']), time(join(root, 'bin/nodemend'), ['--help'])] as const;
    if (round === 0) continue;
    empty.push(turn[0]);
    help.push(turn[1]);
  }
  const medians = { empty: median(empty), help: median(help) };
  return { ...medians, ratio: medians.help / medians.empty };
}

function time(program: string, args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const { empty, help, ratio } = measureStartUp(30);
  console.log(
    `node -e 0: ${empty.toFixed(1)} ms, nodemend --help: ${help.toFixed(1)} ms, ratio ${ratio.toFixed(2)} (bar ${bar})`,
  );
}
