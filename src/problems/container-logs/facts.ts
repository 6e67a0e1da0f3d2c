import type { NodeEvidence, Seen } from '../../evidence/evidence.ts';
import { parseDockerDaemon, type DockerDaemon } from '../../runtimes/docker/docker-daemon.ts';
import { parseDisk, type DiskRoom } from './facts/disk.ts';
import { parseDiskUse, type PlaceUse } from './facts/disk-use.ts';
import { parseGrowth, type Growth } from './facts/growth.ts';
import { parseFreeRoom, type FreeRoom } from './facts/free-room.ts';
import { parseKubelet, type KubeletFacts } from './facts/kubelet.ts';
import { parseLogFiles, type LogFiles } from './facts/log-files.ts';
import { parseRotationFiles, type RotationFiles } from './facts/rotation-files.ts';
import { parseRuntime, type RuntimeFacts } from './facts/runtime.ts';
import { parseScheduler, type Scheduler } from './facts/scheduler.ts';
import { parsedSection } from './facts/section-text.ts';
import { releaseOf, type Release } from './logrotate/release.ts';

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

/** Raw text to typed facts. Never throws. */
export function nodeFacts(node: NodeEvidence): NodeFacts {
  return {
    node,
    rotationFiles: parsedSection(node, 'rotation-files', parseRotationFiles),
    release: parsedSection(node, 'logrotate-version', ({ text }) =>
      releaseOf(/^logrotate (\d\S*)/m.exec(text)?.[1] ?? ''),
    ),
    runtime: parsedSection(node, 'runtime', parseRuntime),
    logFiles: parsedSection(node, 'log-files', parseLogFiles),
    disk: parsedSection(node, 'disk', parseDisk),
    freeRoom: parsedSection(node, 'free-room', parseFreeRoom),
    growth: parsedSection(node, 'growth', parseGrowth),
    diskUse: parsedSection(node, 'disk-use', parseDiskUse),
    scheduler: parsedSection(node, 'scheduler', parseScheduler),
    daemon: parsedSection(node, 'docker-daemon', parseDockerDaemon),
    kubelet: parsedSection(node, 'kubelet', parseKubelet),
  };
}
