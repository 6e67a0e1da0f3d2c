import type { NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { cgroupFolders, manyIds, type CgroupFolders } from '../../kernel/cgroup-folders.ts';
import { bootState, type BootState } from '../../grub/boot-state.ts';
import { kernelLog, type KernelLog, type KernelLogLine } from '../../kernel/log.ts';
import { memoryCgroups, type MemoryCgroups } from '../../kernel/memory-cgroups.ts';
import { readFact } from '../kit/read-fact.ts';
import { mostIds } from './forecast.ts';
import { globalKills, slabRefusals } from './signature.ts';

/** What a node that was looked at shows, beside the events about its pods. */
export interface NodeState {
  readonly kernel: MemoryCgroups;
  /** Ids in use, removed cgroups included; undefined where no memory controller of version 1 is mounted. */
  readonly ids: number | undefined;
  /** Cgroups that are there; on a sick node they may not be counted in time. */
  readonly folders: Observed<CgroupFolders>;
  /** The log's own signature: caches of a container's cgroup that could not grow; absent where it was not asked. */
  readonly refusedCaches: Observed<number> | undefined;
  /** The node is short of memory for anybody. */
  readonly isShort: boolean;
  /** What GRUB will boot. */
  readonly boot: Observed<BootState>;
}

export function nodeState(node: NodeEvidence): Observed<NodeState> {
  const kernel = readFact(node, memoryCgroups);
  if (kernel.state !== 'seen') return kernel;
  const { controllers, version, uptime } = kernel.value;
  const memory = controllers.get('memory');
  const log = readFact(node, kernelLog);
  return {
    state: 'seen',
    value: {
      kernel: kernel.value,
      ids: version === 1 && memory !== undefined && memory.hierarchy !== 0 ? memory.cgroups : undefined,
      folders: readFact(node, cgroupFolders),
      refusedCaches: refusedCaches(log, uptime),
      isShort: isShort(kernel.value, log.state === 'seen' && log.value !== 'not-asked' ? log.value : []),
      boot: readFact(node, bootState),
    },
  };
}

function refusedCaches(log: Observed<KernelLog>, uptime: number): NodeState['refusedCaches'] {
  if (log.state !== 'seen') return log;
  return log.value === 'not-asked' ? undefined : { state: 'seen', value: slabRefusals(log.value, uptime).length };
}

/** Below this share of all memory something else than cgroups may be refused too; `free` shows plenty in the trouble. */
const scarce = 0.02;

function isShort({ memory, uptime }: MemoryCgroups, log: readonly KernelLogLine[]): boolean {
  const [total, available] = [memory.get('MemTotal'), memory.get('MemAvailable')];
  if (total !== undefined && available !== undefined && available < total * scarce) return true;
  return globalKills(log, uptime).length > 0;
}

/** Removed cgroups are many times those that are there: 22,563 to 61 (moby/moby#29638), 64,734 (huzhengchuan/dailywork#58). */
const manyTimes = 5;

/** So many of the ids are in use that the last is near, however they are used. */
const nearlyAll = Math.floor(mostIds * 0.8);

/** Whether the number of ids by itself speaks for the trouble; undefined where it takes a count that is not there. */
export function idsPileUp({ ids = 0, folders }: NodeState): boolean | undefined {
  if (ids >= nearlyAll) return true;
  if (ids < manyIds) return false;
  return folders.state === 'seen' ? typeof folders.value === 'number' && ids >= manyTimes * folders.value : undefined;
}

export function idsNearlyGone({ ids }: NodeState): boolean {
  return ids !== undefined && ids >= nearlyAll;
}
