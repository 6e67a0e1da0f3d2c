/**
 * npm run fuzz -- --minutes N: gives changed inputs to every reader of foreign bytes (test/fuzz/targets.ts) for that
 * long, or `--rounds N` of them each. `--seed TEXT` repeats a run, `--target NAME` is one of them. What it finds goes to
 * out/fuzz/; mended, it is kept under test/fuzz/findings/<target>/, which the unit tests read.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inputOf } from '../test/fuzz/fuzz-one.ts';
import { targets } from '../test/fuzz/targets.ts';
import type { Finding, WorkOrder } from '../test/fuzz/work-order.ts';
import { root } from './build/options.ts';

/** An input that has not been read after this long is never read; milliseconds. */
const patience = 20_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0.5' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
  },
});
const seconds = Number(values.minutes) * 60;
const seed = values.seed ?? new Date().toISOString();
const names = targets.map(({ name }) => name).filter((name) => values.target === undefined || name === values.target);
if (!(seconds > 0) || names.length === 0) {
  console.error(`fuzz: no time, or no such target\n  next: --minutes 5 --target ${targets[0]?.name}`);
  process.exit(2);
}

const { findings, counts } = await run(seconds * 1000);
for (const name of names) console.log(`${String(counts[name] ?? 0).padStart(9)}  ${name}`);
for (const finding of findings) keep(finding);
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
console.log(`${total} inputs for ${names.length} readers, seed ${seed}: ${findings.length} findings`);
process.exitCode = findings.length === 0 && total > 0 ? 0 : 1;

/** Works in a thread, so that an input that is never read can be told from one that takes its time. */
function run(ms: number): Promise<{ findings: readonly Finding[]; counts: Record<string, number> }> {
  const place = new SharedArrayBuffer(12);
  const at = new Int32Array(place);
  const found = new Map<string, Finding>();
  const rounds = Number(values.rounds ?? Infinity);
  const order: WorkOrder = { targets: names, seed, rounds, until: Date.now() + ms, place };
  const worker = new Worker(join(root, 'test/fuzz/fuzz-worker.ts'), { workerData: order });
  return new Promise((resolve, reject) => {
    let last = { count: -1, since: Date.now() };
    const watch = setInterval(() => {
      const count = at[2] ?? 0;
      if (count !== last.count) last = { count, since: Date.now() };
      if (Date.now() - last.since < patience) return;
      const [target = 0, round = 0] = at;
      const name = names[target] ?? '';
      end({ [name]: round }, { target: name, round, problem: `not read after ${patience / 1000} s` });
    }, 500);
    const end = (counts: Record<string, number>, hung?: Finding): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ findings: [...found.values(), ...(hung ? [hung] : [])], counts });
    };
    worker.on('message', (message: { finding?: Finding; counts?: Record<string, number> }) => {
      // One of a kind is enough: the place in the source where it went wrong.
      if (message.finding) found.set(kindOf(message.finding), message.finding);
      if (message.counts) end(message.counts);
    });
    worker.on('error', reject);
  });
}

function kindOf({ target, problem }: Finding): string {
  return [target, ...problem.split('\n').slice(0, 2)].join('\n').replaceAll(/\d+ ms.*/g, 'slow');
}

function keep({ target, round, problem }: Finding): void {
  const folder = join(root, 'out/fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target}-${round}`);
  writeFileSync(file, inputOf(target, seed, round));
  console.log(`\n${target}: ${problem.split('\n').slice(0, 6).join('\n  ')}\n  input: ${file}`);
}
