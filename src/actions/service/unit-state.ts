import { valueOf, type Reply } from '../node-state/reply.ts';

/** What systemd says of a unit at one moment, in its own words (systemd 219 and later). */
export interface UnitState {
  /** `active`, `activating`, `deactivating`, `inactive`, `failed`, `reloading`. */
  readonly active: string;
  /** `running`, `auto-restart`, `dead` … */
  readonly sub: string;
  /** Why its last process ended: `success`, `exit-code`, `signal` … */
  readonly result: string;
  /** Whether systemd has still something to do with it. */
  readonly busy: boolean;
  /** Whether links start it at boot: `enabled`, `disabled`, `static`, `masked` …; empty where there is no such file. */
  readonly enabled: string;
  /** One life of its main process: boot id, process id and start; another one after each start. */
  readonly activation: string;
}

/** Reads what `say_unit` printed. */
export function unitState(reply: Reply): UnitState {
  return {
    active: valueOf(reply, 'active'),
    sub: valueOf(reply, 'sub'),
    result: valueOf(reply, 'result'),
    busy: valueOf(reply, 'job') !== 'none',
    enabled: valueOf(reply, 'enabled'),
    activation: valueOf(reply, 'activation'),
  };
}

/** For people: `active (running)`, `activating (auto-restart), exit-code`. */
export function unitWords({ active, sub, result }: UnitState): string {
  return `${active} (${sub})${result === 'success' || result === '' ? '' : `, ${result}`}`;
}

/** A unit on the way through a restart. */
export type RestartProgress =
  | { readonly state: 'waiting' }
  /** Started again and running; `activation` has to stay the same for a while. */
  | { readonly state: 'up'; readonly activation: string }
  /** It came up and died, or could not start. */
  | { readonly state: 'failed' };

/**
 * Where a restart stands, `before` being the activation that it was to end. A process that died at once and that
 * systemd starts again and again is never simply up: between its lives the unit says `auto-restart`. Pure.
 */
export function restartProgress(unit: UnitState, before: string): RestartProgress {
  const { active, sub, busy, activation } = unit;
  if (busy || activation === before) return { state: 'waiting' };
  if (active === 'active') return { state: 'up', activation };
  // Without anything left to do for systemd it stays like that.
  if (active === 'failed' || active === 'inactive' || sub.startsWith('auto-restart')) return { state: 'failed' };
  return { state: 'waiting' };
}
