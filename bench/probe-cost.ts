/**
 * What the probe of `container-logs` costs a node with many containers: processor time of its own processes, whole and
 * by section. What a section costs is told by leaving it out. On a sick node, whose disk is nearly full, that it ends
 * by itself and within its caps.
 *
 *     sudo sh scripts/with-node.sh bench/probe-cost.ts [--containers 500] [--files 20000] [--rounds 10]
 */
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composeProbe } from '../src/evidence/probe/compose.ts';
import { parseFrames, type ProbeReply } from '../src/evidence/probe/frames.ts';
import { containerLogs } from '../src/problems/container-logs/problem.ts';
import fixtureScript from '../src/problems/container-logs/testing/fixture.sh?raw';
import { createPrivateRoot, type PrivateRoot } from '../test/private-root.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';
import { containerdImages } from '../src/runtimes/containerd/images.ts';
import manyImagesScript from './probe-cost/many-images.sh?raw';
import manyContainersScript from './probe-cost/many-containers.sh?raw';

/** Design bar for the probe on a node, milliseconds of processor time. */
export const bar = 40;
const marker = '0123456789abcdef0123456789abcdef';

export interface ProbeCostBench {
  readonly containers: number;
  /** Under /var/lib/docker and /var/log/pods. */
  readonly files: number;
  readonly rounds: number;
  /** Whether each section's own part is measured too. */
  readonly bySection: boolean;
  /** Absent where the size is too small for the bar: then it is only printed. */
  readonly bar?: number;
  readonly report: (line: string) => void;
}

/** Needs root. @throws Error when a probe does not come to its end, or a section of a healthy node not to its own */
export async function measureProbeCost(options: ProbeCostBench): Promise<readonly BenchResult[]> {
  return [
    ...(await onNode(options, healthyDisk, measureHealthy)),
    ...(await onNode(options, fullDisk, measureSick)),
    await measureImages(options),
  ];
}

/** As many as a node that has run for a while keeps. */
const images = 60;

/** The shell of what `base-images` reads of containerd alone, beside what every probe costs. */
async function measureImages({ containers, rounds, bar: most }: ProbeCostBench): Promise<BenchResult> {
  const root = await createPrivateRoot();
  try {
    root.run(manyImagesScript, String(containers), String(images));
    const node = { root, rounds, file: join(root.shared, 'probe.sh') };
    const { cpuMs, reply } = costOf(node, composeProbe([containerdImages]).script);
    const section = reply.sections.get(containerdImages.key);
    if (section?.status !== 'ended' || section.exitCode !== 0) throw new Error(`images: ${section?.status}`);
    const bare = costOf(node, composeProbe([]).script).cpuMs;
    return atMost(`images of containerd, ${containers} containers, ${images} images`, cpuMs - bare, most, 'ms CPU');
  } finally {
    await root.close();
  }
}

const healthyDisk = ':';
/** A disk that the layers of images fill: the probe then looks for what takes the room. */
const fullDisk =
  'mkdir -p /var/lib/docker && mount -t tmpfs -o mode=0710,size=48m,nr_inodes=200000 disk /var/lib/docker';
const fill = 'head -c 1000000000 /dev/zero >/var/lib/docker/overlay2/layer/fill 2>/dev/null || :';

async function onNode(
  options: ProbeCostBench,
  disk: string,
  measure: (node: Node, options: ProbeCostBench) => readonly BenchResult[],
): Promise<readonly BenchResult[]> {
  const root = await createPrivateRoot();
  try {
    root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
    root.run(disk);
    root.run(manyContainersScript, String(options.containers), String(options.files), String(300_000));
    return measure({ root, rounds: options.rounds, file: join(root.shared, 'probe.sh') }, options);
  } finally {
    await root.close();
  }
}

function measureHealthy(
  node: Node,
  { containers, files, bySection, bar: most, report }: ProbeCostBench,
): readonly BenchResult[] {
  const { script, sections } = composeProbe(containerLogs.facts);
  const { cpuMs, reply } = costOf(node, script);
  const unended = [...reply.sections.values()]
    .filter(({ status }) => status !== 'ended')
    .map(({ name, status }) => `${name} ${status}`);
  if (unended.length > 0) throw new Error(`on a healthy node: ${unended.join(', ')}`);
  for (const section of bySection ? sections : []) {
    const without = costOf(node, script.replace(new RegExp(`^section ${section} .*$`, 'm'), '')).cpuMs;
    report(`  without ${section}: ${(cpuMs - without).toFixed(0)} ms CPU less`);
  }
  return [atMost(`probe of container-logs, ${containers} containers, ${files} files`, cpuMs, most, 'ms CPU')];
}

/** The caps of design section 3: ten seconds, and each section's bytes. */
const longestMs = 10_000;

function measureSick(node: Node, { containers, files, report }: ProbeCostBench): readonly BenchResult[] {
  node.root.run(fill);
  const began = performance.now();
  const { cpuMs, reply, bytes } = costOf({ ...node, rounds: 1 }, composeProbe(containerLogs.facts).script);
  const ms = performance.now() - began;
  const use = Buffer.from(reply.sections.get('disk/use')?.output ?? '').toString();
  if (!use.includes('use layers ')) throw new Error(`a full disk was not looked into: ${use}`);
  report(`  a full disk: ${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms CPU, ${bytes} bytes`);
  return [
    {
      what: `the same on a full disk (${containers} containers, ${files} files), time`,
      measured: `${(ms / 1000).toFixed(2)} s`,
      bar: `≤ ${longestMs / 1000} s`,
      held: ms <= longestMs && reply.complete,
    },
  ];
}

interface Node {
  readonly root: PrivateRoot;
  readonly rounds: number;
  readonly file: string;
}

interface Cost {
  readonly cpuMs: number;
  readonly reply: ProbeReply;
  /** Of the reply. */
  readonly bytes: number;
}

/**
 * The least of all rounds, because other work on a machine only ever makes one dearer. Unlike `times`, bash counts in
 * milliseconds.
 */
function costOf({ root, rounds, file }: Node, script: string): Cost {
  writeFileSync(file, script);
  const said = root.run(
    `exec bash -c 'TIMEFORMAT="%U %S"; for ((round = 0; round < $1; round++)); do time sh -c "$3" sh ` +
      `${marker} 60 >"$2.out" 2>&1; done 2>&1' bash "$1" "$2" "$(cat "$2")"`,
    String(rounds),
    file,
  );
  const output = readFileSync(`${file}.out`);
  const reply = parseFrames(marker, output);
  if (!reply.complete) throw new Error('a probe did not come to its end');
  return {
    cpuMs: Math.min(
      ...said
        .trim()
        .split('\n')
        .map((line) => line.split(' ').reduce((sum, seconds) => sum + Number(seconds) * 1000, 0)),
    ),
    reply,
    bytes: output.length,
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      containers: { type: 'string', default: '500' },
      files: { type: 'string', default: '20000' },
      rounds: { type: 'string', default: '10' },
    },
  });
  const [containers, files, rounds] = [values.containers, values.files, values.rounds].map(Number) as [
    number,
    number,
    number,
  ];
  const results = await measureProbeCost({
    containers,
    files,
    rounds,
    bySection: true,
    bar,
    report: (line) => console.error(line),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
