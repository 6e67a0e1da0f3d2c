import { finding, type Verdict } from '../finding.ts';
import type { Finding } from '../../problem.ts';
import { isSameDisk } from '../../../disk/room.ts';
import { diskFills } from './disk-fills.ts';
import { forecastOf, type ForecastDisk, type ForecastNode } from './node-forecast.ts';

/**
 * That a disk with logs fills although its logs are kept small. `others` are the findings about who keeps them small.
 */
export function forecastFindings(seen: ForecastNode, others: readonly Finding[]): readonly Finding[] {
  // What is not known to be kept small is not said to be.
  const isExplained = others.some(({ status }) => status === 'fail' || status === 'unknown');
  const verdicts = disksOf(seen).map((disk) => diskFills(disk, seen.facts, isExplained));
  const found = verdicts.filter((verdict): verdict is Verdict => verdict !== undefined);
  // A fingerprint is that of the node and the rule: of two disks the worse one is told.
  const worst = found.find(({ status }) => status === 'fail') ?? found[0];
  return worst === undefined ? [] : [finding(seen.node.name, worst)];
}

/** Each disk once, whoever logs to it. */
function disksOf(seen: ForecastNode): readonly ForecastDisk[] {
  const docker = seen.runtime.docker ? forecastOf(seen, 'docker') : undefined;
  const pods = seen.runtime.pods === 'cri' ? forecastOf(seen, 'pods') : undefined;
  const isOne = docker !== undefined && pods !== undefined && isSameDisk(docker.room, pods.room);
  return [docker, isOne ? undefined : pods].filter((disk) => disk !== undefined);
}
