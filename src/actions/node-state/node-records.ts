import { isNodemendError, type NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { readRecord } from './read-record.ts';
import type { NodeRecord } from './record.ts';
import recordsScript from './records.sh?raw';
import { valueOf, type Reply } from './reply.ts';
import { runNodeScript } from './run-node-script.ts';

/** How far an action got, as the name of a file in its folder tells (`prelude.sh`). */
export type RecordPhase = 'staged' | 'committing' | 'committed' | 'kept' | 'undoing' | 'undone';

export interface RecordOnNode {
  readonly phase: RecordPhase;
  readonly record: NodeRecord;
  /** The wanted content; only when it was asked for, and absent for a removal. */
  readonly after?: string;
}

export interface LockOnNode {
  readonly run: string;
  readonly owner: string;
  readonly since: string;
}

/** What runs left on one node. */
export interface NodeMemory {
  readonly machineId: string;
  /** Of the boot that it is in; empty where it does not say. */
  readonly bootId: string;
  readonly lock: LockOnNode | undefined;
  /** Whether the one run that was asked for has its folder there; scripts never take it away. */
  readonly hasFolder: boolean;
  /** Whether nothing of that run was in force any more when `nodemend prune` took its folder away. */
  readonly wasPruned: boolean;
  /** Sorted by run, then by the action's place in the plan. */
  readonly records: readonly RecordOnNode[];
  /** Why records of runs that nobody asked for by name could not be read: each says which run's. */
  readonly unreadable: readonly NodemendError[];
}

export interface RecordsWanted {
  /** One run; without it the newest 50 of all. */
  readonly run?: string;
  readonly withContent?: boolean;
}

const newest = 50;
const maxOutputBytes = 16 * 1024 * 1024;

/**
 * Reads a node's own records of runs. Changes nothing there, needs no lock.
 * @throws NodemendError NODE_RECORD_INVALID for a record of the run that was asked for, which is not ours; what
 *   `runNodeScript` throws.
 */
export async function readNodeMemory(connection: NodeConnection, wanted: RecordsWanted): Promise<NodeMemory> {
  const reply = await runNodeScript(connection, {
    script: recordsScript,
    args: [wanted.run ?? '', String(newest), wanted.withContent ? 'yes' : 'no'],
    maxOutputBytes,
  });
  const run = valueOf(reply, 'lock-run');
  const lock = run ? { run, owner: valueOf(reply, 'lock-owner'), since: valueOf(reply, 'lock-since') } : undefined;
  return {
    machineId: valueOf(reply, 'machine-id'),
    bootId: valueOf(reply, 'boot-id'),
    lock,
    hasFolder: reply.entries.some(({ name }) => name === 'run'),
    wasPruned: reply.entries.some(({ name }) => name === 'pruned'),
    ...recordsOf(connection.node, reply, wanted.run),
  };
}

/** One run that cannot be read must not hide the others; the one that was asked for has to be whole. */
function recordsOf(node: string, reply: Reply, asked: string | undefined): Pick<NodeMemory, 'records' | 'unreadable'> {
  const records: RecordOnNode[] = [];
  const unreadable: NodemendError[] = [];
  for (const { run, phase, after, text } of partsOf(reply)) {
    try {
      records.push({ phase, record: readRecord(node, run, text), ...(after === undefined ? {} : { after }) });
    } catch (error) {
      if (run === asked || !isNodemendError(error)) throw error;
      unreadable.push(error);
    }
  }
  return {
    records: records.toSorted((a, b) => compare(a.record.run, b.record.run) || a.record.order - b.record.order),
    unreadable,
  };
}

interface RecordParts {
  readonly run: string;
  readonly phase: RecordPhase;
  readonly after: string | undefined;
  readonly text: string;
}

/** A run's line comes first, then per action its phase, its wanted content, its record. */
function partsOf(reply: Reply): readonly RecordParts[] {
  const parts: RecordParts[] = [];
  let [run, phase, after]: [string, string, string | undefined] = ['', '', undefined];
  for (const entry of reply.entries) {
    if ('value' in entry) {
      if (entry.name === 'run') run = entry.value;
      if (entry.name === 'phase') [phase, after] = [entry.value, undefined];
      continue;
    }
    const text = Buffer.from(entry.bytes).toString('utf8');
    if (entry.name === 'after') after = text;
    if (entry.name === 'record') parts.push({ run, phase: phase as RecordPhase, after, text });
  }
  return parts;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
