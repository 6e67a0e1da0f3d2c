/**
 * What the probe of `container-logs` costs a node with many containers: processor time of its own processes, whole and by section. What a
 * section costs is told by leaving it out. On a sick node, whose disk is nearly full, that it ends by itself and within its caps.
 *
 *     sudo sh scripts/with-node.sh bench/probe-cost.ts [--containers 500] [--files 20000] [--rounds 10]
 */
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composeProbe } from '../src/evidence/probe/compose.ts';
import { containerLogs } from '../src/problems/container-logs/problem.ts';
import sceneScript from '../src/problems/container-logs/testing/scene.sh?raw';
import { createPrivateRoot, type PrivateRoot } from '../test/private-root.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';
import manyContainersScript from './probe-cost/many-containers.sh?raw';

/** Design bar for the probe on a node, milliseconds of processor time. */
const barMs = 40;
const marker = '0123456789abcdef0123456789abcdef';

export interface ProbeCostBench {
  readonly containers: number;
  /** Under /var/lib/docker and /var/log/pods. */
  readonly files: number;
  readonly rounds: number;
  /** Absent where the size is too small for the bar: then it is only printed. */
  readonly bar?: number;
  readonly report: (line: string) => void;
}

/** Needs root. @throws Error when a probe does not send all of its sections */
export async function measureProbeCost({ containers, files, rounds, bar, report }: ProbeCostBench): Promise<readonly BenchResult[]> {
  const root = await createPrivateRoot();
  try {
    const node = { root, rounds, file: join(root.shared, 'probe.sh') };
    root.run(sceneScript, 'pass-rule-ok', containerLogs.faultScript);
    root.run(manyContainersScript, String(containers), String(files), String(300_000));
    const whole = costOf(node, containerLogs.probe.script);
    for (const section of containerLogs.probe.sections) {
      const without = costOf(node, containerLogs.probe.script.replace(new RegExp(`^section ${section} .*$`, 'm'), ''));
      report(`  ${section}: ${(whole - without).toFixed(1)} ms CPU`);
    }
    return [atMost(`probe of container-logs, ${containers} containers, ${files} files`, whole, bar, 'ms CPU')];
  } finally {
    await root.close();
  }
}

interface Node {
  readonly root: PrivateRoot;
  readonly rounds: number;
  readonly file: string;
}

/** The least of all rounds, because other work on a machine only ever makes one dearer. Unlike `times`, bash counts in milliseconds. */
function costOf({ root, rounds, file }: Node, script: string): number {
  writeFileSync(file, composeProbe([{ ...containerLogs, probe: { ...containerLogs.probe, script } }]).script);
  const said = root.run(`exec bash -c 'TIMEFORMAT="%U %S"; for ((round = 0; round < $1; round++)); do time sh -c "$3" sh ${marker} 60 >"$2.out" 2>&1; done 2>&1' bash "$1" "$2" "$(cat "$2")"`, String(rounds), file);
  const whole = `nodemend:${marker} end `;
  if (!readFileSync(`${file}.out`, 'latin1').includes(whole)) throw new Error('a probe did not come to its end');
  return Math.min(...said.trim().split('\n').map((line) => line.split(' ').reduce((sum, seconds) => sum + Number(seconds) * 1000, 0)));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { containers: { type: 'string', default: '500' }, files: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '10' } } });
  const [containers, files, rounds] = [values.containers, values.files, values.rounds].map(Number) as [number, number, number];
  const results = await measureProbeCost({ containers, files, rounds, bar: barMs, report: (line) => console.error(line) });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
