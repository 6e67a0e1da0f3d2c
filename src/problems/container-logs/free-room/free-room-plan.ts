import type { LogSpaceAction } from '../../../actions/log-space/log-space-action.ts';
import type { Trouble } from '../../kit/rules.ts';
import { fingerprintsOf, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { Finding, PlannedAction, ProblemPlan } from '../../problem.ts';
import { problemId } from '../finding.ts';
import { bytesOf, fullDisk, logDisks, type FullDisk, type LogDisk } from './free-room-findings.ts';
import type { FreeableLog, LogClass } from './freeable.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import type { NodeFacts } from '../facts.ts';
import { isSameDisk, type DiskRoom } from '../../../disk/room.ts';
import type { FreeRoom } from './free-room.ts';

/** Each remedy with the logs that it frees, in the order in which they are taken: the least that is missed first. */
const classes: Readonly<Record<string, LogClass>> = {
  'free-rotated-logs': 'rotated',
  'free-dead-logs': 'dead',
  'truncate-live-logs': 'live',
};

/** A plan that a person can read; the next one frees the rest. */
const mostActions = 50;

/** So much of the disk more than kubelet asks for: room to look for the cause before it is full again. */
const margin = 1 / 20;

/** A copy of a larger log would take minutes on a disk that is short of them. */
const mostCopied = 4 * 1024 ** 3;

/** Stays free where copies lie: for the records, for what the node's services write, for the next step of a person. */
const reserveBytes = 16 * 1024 ** 2;

/** gzip makes text of logs to a fifth or less; a plan that counts on a quarter rarely promises too much. */
const copyShare = 1 / 4;

export interface RoomContext {
  readonly node: string;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly troubles: readonly Trouble[];
  readonly remedies: ReadonlySet<string>;
}

/**
 * Frees what was asked for and no more than is needed: until the disk is well below the first line at which kubelet
 * acts.
 */
export function planRoom({ node, facts, runtime, troubles, remedies }: RoomContext): ProblemPlan {
  if (facts.freeRoom.state !== 'seen') return refusedPlan(troubles, 'room-unseen', {});
  const room = facts.freeRoom.value;
  const asked = Object.entries(classes).flatMap(([remedy, log]) => (remedies.has(remedy) ? [log] : []));
  const chosen = chooseLogs(room, facts, { runtime, troubles, asked });
  const cures = fingerprintsOf(troubles);
  const actions = chosen.taken.map((log) => logSpaceAction(node, cures, log));
  if (actions.length === 0)
    return refusedPlan(troubles, asked.length === 0 ? 'room-not-asked' : 'room-not-there', chosen.found);
  const missing =
    chosen.missing > 0 ? refusedPlan(troubles, 'room-short', { missingBytes: chosen.missing }).refused : [];
  return { actions, refused: missing };
}

/** Below the line at which kubelet acts nothing is removed, asked for or not; whoever asked is told. */
export function roomEnough(
  { facts, runtime, remedies }: Omit<RoomContext, 'troubles'>,
  said: readonly Finding[],
): ProblemPlan {
  const isAsked = Object.keys(classes).some((remedy) => remedies.has(remedy));
  if (!isAsked || facts.freeRoom.state !== 'seen' || fullDisk(facts.freeRoom.value, facts, runtime))
    return nothingPlanned;
  const { actions, refused } = refusedPlan(said.slice(0, 1), 'room-enough', {});
  return { actions, refused: refused.map((one) => ({ ...one, optional: true as const })) };
}

interface Wanted {
  readonly runtime: NodeRuntime;
  readonly troubles: readonly Trouble[];
  readonly asked: readonly LogClass[];
}

interface Chosen {
  readonly taken: readonly TakenLog[];
  /** Bytes that are still missing when all of it is freed. */
  readonly missing: number;
  readonly found: Readonly<Record<string, number>>;
}

interface TakenLog extends FreeableLog {
  readonly keep: LogSpaceAction['keep'];
}

function chooseLogs(room: FreeRoom, facts: NodeFacts, { runtime, troubles, asked }: Wanted): Chosen {
  const full = fullDisk(room, facts, runtime);
  const place = full ?? logDisks(room, facts).find((logDisk) => outgrownLogs(logDisk).length > 0);
  if (place === undefined) return { taken: [], missing: 0, found: { rotatedBytes: 0, deadBytes: 0, liveBytes: 0 } };
  const { disk, logs } = place;
  const budget = new Budget({
    wanted: full === undefined ? 0 : wantedRoom(full),
    disk,
    home: room.disks.find(({ path }) => path === '/var/lib'),
  });
  const ordered = asked.flatMap((log) =>
    inOrder(
      logs.filter((one) => one.log === log),
      log,
    ),
  );
  for (const log of ordered) if (budget.isShort()) budget.take(log);
  const outgrown = troubles.some(({ rule }) => rule === 'log-outgrows-room') ? outgrownLogs(place) : [];
  for (const log of outgrown) if (asked.includes(log.log)) budget.take(log);
  return { taken: budget.taken, missing: budget.missing(), found: foundBytes(logs) };
}

function foundBytes(logs: readonly FreeableLog[]): Chosen['found'] {
  return {
    rotatedBytes: bytesOf(logs, ['rotated']),
    deadBytes: bytesOf(logs, ['dead']),
    liveBytes: bytesOf(logs, ['live']),
  };
}

/**
 * The oldest of what was rotated, because it is missed least; of others the largest, because fewest are touched then.
 */
function inOrder(logs: readonly FreeableLog[], log: LogClass): readonly FreeableLog[] {
  const byPath = (a: FreeableLog, b: FreeableLog): number => (a.path < b.path ? -1 : 1);
  if (log === 'rotated') return logs.toSorted((a, b) => a.modified - b.modified || byPath(a, b));
  return logs.toSorted((a, b) => b.allocated - a.allocated || byPath(a, b));
}

function wantedRoom({ disk, first }: FullDisk): number {
  return Math.ceil(first.available + disk.size * margin - disk.available);
}

/** Larger than the room: logrotate cannot copy it, so it never empties it. */
function outgrownLogs({ disk, logs }: LogDisk): readonly FreeableLog[] {
  return logs.filter(({ log, allocated }) => log !== 'rotated' && allocated > disk.free);
}

interface Rooms {
  /** Bytes that are to become free. */
  readonly wanted: number;
  readonly disk: DiskRoom;
  /** Where copies lie; undefined when it was not seen. */
  readonly home: DiskRoom | undefined;
}

/** What is freed so far, and the room for copies. */
class Budget {
  readonly taken: TakenLog[] = [];
  private wanted: number;
  private homeFree: number;
  /** Copies take from the very room that is to be freed. */
  private readonly sharesDisk: boolean;

  constructor({ wanted, disk, home }: Rooms) {
    this.wanted = wanted;
    this.homeFree = home?.free ?? 0;
    this.sharesDisk = home !== undefined && isSameDisk(disk, home);
  }

  isShort(): boolean {
    return this.wanted > 0 && this.taken.length < mostActions;
  }

  missing(): number {
    return Math.max(0, this.wanted);
  }

  take(log: FreeableLog): void {
    if (this.taken.some(({ path }) => path === log.path)) return;
    const room = Math.max(0, this.homeFree - reserveBytes);
    const copy = Math.ceil(log.size * copyShare);
    const keep = keepOf(log, copy <= room);
    const copied = keep === 'never' ? 0 : Math.min(copy, room);
    this.wanted -= log.allocated - (this.sharesDisk ? copied : 0);
    this.homeFree += (this.sharesDisk ? log.allocated : 0) - copied;
    this.taken.push({ ...log, keep });
  }
}

/** A copy of what is compressed already frees nothing. */
function keepOf({ path, size }: FreeableLog, fits: boolean): LogSpaceAction['keep'] {
  if (path.endsWith('.gz') || size > mostCopied) return 'never';
  return fits ? 'always' : 'when-it-fits';
}

/** Each on its own: the room of one log is won whatever becomes of the next. */
function logSpaceAction(
  node: string,
  cures: readonly string[],
  { path, log, keep, device, inode, size, allocated, modified }: TakenLog,
): LogSpaceAction & PlannedAction {
  // A live log loses what is written while it is emptied, and its reader its place, copy or not.
  const discards = log === 'live' || keep !== 'always';
  return {
    kind: 'log-space',
    id: `log-space:${node}:${path}`,
    partOf: path,
    problem: problemId,
    node,
    cures,
    why: { key: `why.free-${log}`, params: { bytes: allocated } },
    ...(discards ? { disrupts: 'discard' as const } : {}),
    path,
    log,
    keep,
    reserve: reserveBytes,
    was: { device, inode, size, allocated, modified },
  };
}
