/** How a node is drained; the names are those of `kubectl drain`'s flags. */
export interface DrainOptions {
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  readonly force: boolean;
  /** Seconds that each pod is given to end; undefined: what it asks for itself. */
  readonly gracePeriodSeconds: number | undefined;
  /** For all of a node. kubectl waits for ever with 0, and a rollout waits for nobody for ever. */
  readonly timeoutSeconds: number;
}

/** A drain that loses nothing by itself: what would be lost has to be named. Fifteen minutes as in the design. */
export const defaultDrainOptions: DrainOptions = {
  ignoreDaemonSets: true,
  deleteEmptyDirData: false,
  force: false,
  gracePeriodSeconds: undefined,
  timeoutSeconds: 15 * 60,
};

/** Values of `kubectl drain`'s flags, as they were given. */
export interface DrainFlags {
  readonly 'ignore-daemonsets'?: boolean;
  readonly 'delete-emptydir-data'?: boolean;
  readonly force?: boolean;
  /** Seconds; -1: the pod's own. */
  readonly 'grace-period'?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly 'disable-eviction'?: boolean;
}

export type DrainFlag = keyof DrainFlags;

/** What a flag is refused for. */
export interface RefusedFlag {
  readonly flag: DrainFlag;
  readonly why: 'goes-round-budgets' | 'never-ends' | 'not-a-number-of-seconds';
}

/** Reads the flags. `--disable-eviction` deletes pods without asking their budgets: there is no way to it here. */
export function readDrainFlags(flags: DrainFlags): DrainOptions | RefusedFlag {
  const given = { ...usualFlags, ...flags };
  const { timeout, 'grace-period': grace } = given;
  if (given['disable-eviction']) return { flag: 'disable-eviction', why: 'goes-round-budgets' };
  if (timeout === 0) return { flag: 'timeout', why: 'never-ends' };
  if (!isSeconds(timeout)) return { flag: 'timeout', why: 'not-a-number-of-seconds' };
  if (grace !== -1 && !isSeconds(grace)) return { flag: 'grace-period', why: 'not-a-number-of-seconds' };
  return {
    ignoreDaemonSets: given['ignore-daemonsets'],
    deleteEmptyDirData: given['delete-emptydir-data'],
    force: given.force,
    gracePeriodSeconds: grace === -1 ? undefined : grace,
    timeoutSeconds: timeout,
  };
}

const usualFlags: Required<DrainFlags> = {
  'ignore-daemonsets': defaultDrainOptions.ignoreDaemonSets,
  'delete-emptydir-data': defaultDrainOptions.deleteEmptyDirData,
  force: defaultDrainOptions.force,
  'grace-period': -1,
  timeout: defaultDrainOptions.timeoutSeconds,
  'disable-eviction': false,
};

function isSeconds(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 7 * 24 * 3600;
}
