import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { rateInterval, type RateInterval } from '../../../statistics/rate-interval.ts';
import { diskOf } from '../logs/usage.ts';
import { nodeFacts, type NodeFacts } from '../facts.ts';
import type { DiskRoom } from '../../../disk/room.ts';
import type { ContainerUse } from './container-uses.ts';
import type { LogRate } from './log-rates.ts';

/** The same node as an earlier bundle has it. */
export interface Since {
  readonly facts: NodeFacts;
  /** Milliseconds between the two looks. */
  readonly elapsed: number;
}

/** What grew on a disk between two looks at it. */
export interface GrowthSince {
  /** By the folder of the container. */
  readonly logRates: ReadonlyMap<string, LogRate>;
  /** Bytes a second of all that is not a container log; 0 when it shrank. */
  readonly othersRate: RateInterval;
}

/** Nearer to each other two looks tell more of the moment than of the day. */
const shortestMs = 60_000;

/**
 * The node in the earlier evidence: by its machine id, or where nobody got onto it by the UID of its Node object. Names
 * and addresses are reused for other machines. Undefined when it is not there, or was looked at later or hardly
 * earlier.
 */
export function sinceOf(node: NodeEvidence, collectedAt: number, earlier: Evidence | undefined): Since | undefined {
  const before = earlier?.nodes.find((other) => isSameNode(node, other));
  if (earlier === undefined || before === undefined) return undefined;
  const facts = nodeFacts(before);
  const elapsed = lookedAt(nodeFacts(node), collectedAt) - lookedAt(facts, Date.parse(earlier.collectedAt));
  return elapsed < shortestMs ? undefined : { facts, elapsed };
}

function isSameNode(a: NodeEvidence, b: NodeEvidence): boolean {
  if (a.access.state === 'seen' && b.access.state === 'seen')
    return a.access.value.machineId !== '' && a.access.value.machineId === b.access.value.machineId;
  return a.api.state === 'seen' && b.api.state === 'seen' && a.api.value.uid === b.api.value.uid;
}

/** By the node's own clock where the probe told it, which is the nearer moment: a large cluster takes minutes. */
function lookedAt({ growth }: NodeFacts, collectedAt: number): number {
  return growth.state === 'seen' && growth.value.now !== undefined ? growth.value.now : collectedAt;
}

/**
 * What of `uses` grew, and what else did on their disk. Undefined when it was not looked at before, or was another disk
 * then.
 */
export function growthSince(
  since: Since | undefined,
  room: DiskRoom,
  uses: readonly ContainerUse[],
  before: readonly ContainerUse[],
): GrowthSince | undefined {
  const roomBefore =
    since === undefined
      ? undefined
      : (['docker', 'pods'] as const).map((of) => diskOf(since.facts, of)).find((other) => other?.path === room.path);
  if (since === undefined || roomBefore?.size !== room.size) return undefined;
  const seconds = since.elapsed / 1000;
  const byFolder = new Map(before.map((use) => [use.folder, use]));
  // A log that was emptied or rotated in between has lost bytes that nobody counted: the times in it tell more.
  const grown = uses.flatMap((use) => {
    const old = byFolder.get(use.folder);
    return old === undefined || use.live < old.live
      ? []
      : [
          [
            use.folder,
            {
              state: 'seen',
              ...rateInterval([{ amount: Math.max(0, use.used - old.used), seconds }]),
              span: since.elapsed,
            },
          ] as const,
        ];
  });
  const logBytes = total(uses) - total(before);
  const othersRate = rateInterval([{ amount: Math.max(0, roomBefore.free - room.free - logBytes), seconds }]);
  return { logRates: new Map<string, LogRate>(grown), othersRate };
}

function total(uses: readonly ContainerUse[]): number {
  return uses.reduce((sum, { used }) => sum + used, 0);
}
