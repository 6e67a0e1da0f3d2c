import type { NodeEvidence, Seen } from '../../evidence/evidence.ts';
import { parseDockerDaemon, type DockerDaemon } from '../../runtimes/docker/docker-daemon.ts';
import { probedBeginning, probedSection, type SectionParser } from '../kit/probed-section.ts';
import { parseDisk, type DiskRoom } from '../../disk/room.ts';
import { parseDiskUse, type PlaceUse } from '../../disk/use.ts';
import { parseGrowth, type Growth } from './forecast/growth.ts';
import { parseFreeRoom, type FreeRoom } from './free-room/free-room.ts';
import { parseKubelet, type KubeletFacts } from '../../runtimes/kubelet/kubelet.ts';
import { parseLogFiles, type LogFiles } from './logs/log-files.ts';
import { parseRotationFiles, type RotationFiles } from '../../logrotate/rotation-files.ts';
import { parseRuntime, type RuntimeFacts } from '../../runtimes/running.ts';
import { parseScheduler, type Scheduler } from './schedule/scheduler.ts';
import { releaseOf, type Release } from '../../logrotate/release.ts';

/** Everything that the probe tells of one node, each part with why it is not there when it is not. */
export interface NodeFacts {
  /** What it was parsed from. */
  readonly node: NodeEvidence;
  readonly rotationFiles: Seen<RotationFiles>;
  readonly release: Seen<Release>;
  readonly runtime: Seen<RuntimeFacts>;
  readonly logFiles: Seen<LogFiles>;
  readonly disk: Seen<readonly DiskRoom[]>;
  readonly freeRoom: Seen<FreeRoom>;
  readonly growth: Seen<Growth>;
  readonly diskUse: Seen<readonly PlaceUse[]>;
  readonly scheduler: Seen<Scheduler | 'no-docker'>;
  readonly daemon: Seen<DockerDaemon | 'no-docker'>;
  readonly kubelet: Seen<KubeletFacts | 'no-kubelet'>;
}

/** A part of the probe's answer, by the section that it was read from. */
export type FactPart = Exclude<keyof NodeFacts, 'node'>;

export const sectionOf: Readonly<Record<FactPart, string>> = {
  rotationFiles: 'rotation-files',
  release: 'logrotate-version',
  runtime: 'runtime',
  logFiles: 'log-files',
  disk: 'disk',
  freeRoom: 'free-room',
  growth: 'growth',
  diskUse: 'disk-use',
  scheduler: 'scheduler',
  daemon: 'docker-daemon',
  kubelet: 'kubelet',
};

/** Raw text to typed facts. Never throws. */
export function nodeFacts(node: NodeEvidence): NodeFacts {
  const read = <Value>(part: FactPart, parse: SectionParser<Value>): Seen<Value> =>
    probedSection(node, keyOf(part), parse);
  return {
    node,
    // A file behind the cap is known by its name, and known not to be known.
    rotationFiles: probedBeginning(node, keyOf('rotationFiles'), parseRotationFiles),
    release: read('release', ({ text }) => releaseOf(/^logrotate (\d\S*)/m.exec(text)?.[1] ?? '')),
    runtime: read('runtime', parseRuntime),
    logFiles: read('logFiles', parseLogFiles),
    disk: read('disk', parseDisk),
    freeRoom: read('freeRoom', parseFreeRoom),
    growth: read('growth', parseGrowth),
    diskUse: read('diskUse', parseDiskUse),
    scheduler: read('scheduler', parseScheduler),
    daemon: read('daemon', parseDockerDaemon),
    kubelet: read('kubelet', parseKubelet),
  };
}

function keyOf(part: FactPart): string {
  return `container-logs/${sectionOf[part]}`;
}
