/** How a node is drained; the names are those of `kubectl drain`'s flags. */
export interface DrainOptions {
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  readonly force: boolean;
  /** Seconds that each pod is given to end; undefined: what it asks for itself. */
  readonly gracePeriodSeconds: number | undefined;
  /**
   * Pods, `namespace/name` or the beginning of it with a `*`, that may be evicted although it is unknown whether they can
   * go or fit elsewhere.
   */
  readonly acceptUncertain: readonly string[];
  /** For all of a node. kubectl waits for ever with 0, and a rollout waits for nobody for ever. */
  readonly timeoutSeconds: number;
}

/** A drain that loses nothing by itself: what would be lost has to be named. Fifteen minutes as in the design. */
export const defaultDrainOptions: DrainOptions = {
  ignoreDaemonSets: true,
  deleteEmptyDirData: false,
  force: false,
  gracePeriodSeconds: undefined,
  acceptUncertain: [],
  timeoutSeconds: 15 * 60,
};

/** Values of `kubectl drain`'s flags, as they were given. Its `--timeout` is kured's `--drain-timeout` here. */
export interface DrainFlags {
  readonly 'ignore-daemonsets'?: boolean;
  readonly 'delete-emptydir-data'?: boolean;
  readonly force?: boolean;
  /** Seconds; -1: the pod's own. */
  readonly 'grace-period'?: number;
  /** Seconds. */
  readonly 'drain-timeout'?: number;
  readonly 'disable-eviction'?: boolean;
}

export type DrainFlag = keyof DrainFlags;

/** What a flag is refused for. */
export interface RefusedFlag {
  readonly flag: DrainFlag;
  readonly why: 'goes-round-budgets' | 'never-ends' | 'not-a-number-of-seconds';
}

/**
 * What was asked for with the flags, and nothing else. `--disable-eviction` deletes pods without asking their budgets:
 * there is no way to it here.
 */
export function readDrainFlags(flags: DrainFlags): Partial<DrainOptions> | RefusedFlag {
  const refusal = refusalOf(flags);
  if (refusal) return refusal;
  const { 'drain-timeout': timeout, 'grace-period': grace, force } = flags;
  const { 'ignore-daemonsets': ignoreDaemonSets, 'delete-emptydir-data': deleteEmptyDirData } = flags;
  return {
    ...(ignoreDaemonSets === undefined ? {} : { ignoreDaemonSets }),
    ...(deleteEmptyDirData === undefined ? {} : { deleteEmptyDirData }),
    ...(force === undefined ? {} : { force }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace === -1 ? undefined : grace }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  };
}

function refusalOf({
  'drain-timeout': timeout,
  'grace-period': grace,
  'disable-eviction': goesRound,
}: DrainFlags): RefusedFlag | undefined {
  if (goesRound) return { flag: 'disable-eviction', why: 'goes-round-budgets' };
  if (timeout === 0) return { flag: 'drain-timeout', why: 'never-ends' };
  if (!isSeconds(timeout)) return { flag: 'drain-timeout', why: 'not-a-number-of-seconds' };
  return grace === -1 || isSeconds(grace) ? undefined : { flag: 'grace-period', why: 'not-a-number-of-seconds' };
}

function isSeconds(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 0 && value <= 7 * 24 * 3600);
}
