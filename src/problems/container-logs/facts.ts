import type { NodeEvidence, Observed } from '../../evidence/evidence.ts';
import type { Fact } from '../../evidence/fact.ts';
import { diskRoom } from '../../disk/room.ts';
import { diskUse } from '../../disk/use.ts';
import { logrotateVersion } from '../../logrotate/release.ts';
import { rotationFiles } from './rotation/rotation-files.ts';
import { dockerDaemon } from '../../runtimes/docker/docker-daemon.ts';
import { kubeletConfiguration } from '../../runtimes/kubelet/kubelet.ts';
import { runningDaemons } from '../../runtimes/running.ts';
import { systemdUnits, type Daemon, type DaemonUnit } from '../../runtimes/systemd/units.ts';
import { readFact } from '../kit/read-fact.ts';
import { freeRoom } from './free-room/free-room.ts';
import { growth } from './forecast/growth.ts';
import { logFiles } from './logs/log-files.ts';
import { scheduler } from './schedule/scheduler.ts';

/** Where this problem gets its knowledge of a node from. */
export const factOf = {
  rotationFiles,
  release: logrotateVersion,
  runtime: runningDaemons,
  logFiles,
  disk: diskRoom,
  freeRoom,
  growth,
  diskUse,
  scheduler,
  daemon: dockerDaemon,
  kubelet: kubeletConfiguration,
  units: systemdUnits,
} as const;

export type FactPart = keyof typeof factOf;

type ValueOf<One> = One extends { readonly parse: (section: never) => infer Value } ? Exclude<Value, undefined> : never;

/** Everything that the probe says about one node, each part with why it is not there when it is not. */
export type NodeFacts = { readonly [Part in FactPart]: Observed<ValueOf<(typeof factOf)[Part]>> } & {
  /** What it was parsed from. */
  readonly node: NodeEvidence;
};

/** Raw text to typed facts. Never throws. */
export function nodeFacts(node: NodeEvidence): NodeFacts {
  const parts = Object.entries(factOf).map(([part, fact]) => [part, readFact<unknown>(node, fact as Fact)] as const);
  return { node, ...Object.fromEntries(parts) } as NodeFacts;
}

/** The unit that a daemon is a process of. */
export function daemonUnit({ units }: NodeFacts, daemon: Daemon): DaemonUnit | undefined {
  return units.state === 'seen' ? units.value.get(daemon) : undefined;
}
