/**
 * `nodemend rewrite` over many manifests of which few, or a third, name a retired registry, against `grep -rl` of the same
 * names in the same run. The contenders take turns; the fastest of each are compared. Design bars: 100,000 files ≤ 2 × grep when few
 * match, 24,126 of which 8,245 match ≤ 4 ×.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost, type BenchResult } from './result.ts';

export interface RewriteBench {
  readonly files: number;
  /** How many of them name a retired registry, spread evenly. */
  readonly ofInterest: number;
  readonly runs: number;
  /** Absent where the size is too small for the bar: then it is only printed. */
  readonly bar?: number;
  readonly report: (line: string) => void;
}

const filesInFolder = 100;
const names = String.raw`docker\.pkg\.github\.com|gchr\.io|k8s\.gcr\.io|gcr\.io/google[_-]containers|quay\.io/coreos/flannel|harbor-kr1\.cloud\.toastoven\.net`;
const nodemend = join(import.meta.dirname, '..', 'bin', 'nodemend');

/**
 * How many files hold a retired name, and how much longer than grep the rewrite takes. @throws Error when either finds
 * another number
 */
export function measureRewrite({ files, ofInterest, runs, bar, report }: RewriteBench): readonly BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-bench-rewrite-'));
  try {
    const expected = makeFiles(folder, files, ofInterest);
    const contenders = [
      {
        times: [] as number[],
        program: 'grep',
        args: ['-rlE', names, folder],
        count: (text: string) => text.split('\n').length - 1,
      },
      {
        times: [] as number[],
        program: nodemend,
        args: ['rewrite', '-o', 'json', folder],
        count: (text: string) => (JSON.parse(text) as { references: unknown[] }).references.length,
      },
    ] as const;
    // The first turn of each warms the cache.
    for (const { times, ...contender } of Array.from({ length: runs + 1 }, () => contenders).flat())
      times.push(measure(contender, expected));
    const [grep, rewrite] = contenders.map(({ times }) => Math.min(...times.slice(1)));
    report(
      `${files} files, ${expected} of them with a retired name: grep ${grep?.toFixed(0)} ms, nodemend rewrite ${rewrite?.toFixed(0)} ms`,
    );
    return [
      atMost(
        `nodemend rewrite of ${files} files, ${ofInterest} of interest: time to that of grep -rl`,
        (rewrite ?? Number.NaN) / (grep ?? Number.NaN),
        bar,
        '×',
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Contender {
  readonly program: string;
  readonly args: readonly string[];
  readonly count: (output: string) => number;
}

function measure({ program, args, count }: Contender, expected: number): number {
  const began = performance.now();
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1e9 });
  const took = performance.now() - began;
  if (count(stdout) !== expected) throw new Error(`${program} found ${count(stdout)} of ${expected}`);
  return took;
}

function makeFiles(folder: string, files: number, ofInterest: number): number {
  let retired = 0;
  for (let index = 0; index < files; index++) {
    const inside = join(folder, `team-${Math.floor(index / filesInFolder)}`);
    if (index % filesInFolder === 0) mkdirSync(inside);
    const isRetired = Math.floor(((index + 1) * ofInterest) / files) > Math.floor((index * ofInterest) / files);
    if (isRetired) retired++;
    writeFileSync(
      join(inside, `app-${index % filesInFolder}.yaml`),
      manifest(index, isRetired ? 'k8s.gcr.io/pause:3.2' : 'registry.example.com/team/app:1.2.3'),
    );
  }
  return retired;
}

/** Some 1.3 KB, as deployments have. */
function manifest(index: number, image: string): string {
  const variables = Array.from(
    { length: 12 },
    (_, number) => `            - {name: SETTING_${number}, value: "value ${index}.${number} of this application"}\n`,
  ).join('');
  return (
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${index}\n` +
    `  labels: {app: app-${index}, tier: web}\nspec:\n  replicas: 3\n` +
    `  selector: {matchLabels: {app: app-${index}}}\n  template:\n` +
    `    metadata: {labels: {app: app-${index}, tier: web}}\n    spec:\n      containers:\n` +
    `        - name: app\n          image: ${image}\n          env:\n` +
    `${variables}          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}\n`
  );
}
