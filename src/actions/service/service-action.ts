import type { ActionBase, CheckReference } from '../action.ts';

/**
 * What is asked of systemd about one unit. A restart, or a reload, puts files that were changed before it into force: it
 * stands behind them in the plan, and is undone behind them too, by another one. A unit that does not run is started,
 * and one that nothing starts at boot is enabled; undone, it is stopped, and exactly the links that enabling it made are
 * gone.
 */
export interface ServiceAction extends ActionBase {
  readonly kind: 'service';
  /**
   * A reload ends no process, so it disrupts nothing; what of its files a daemon reads again is its own affair. Nor does
   * a start, for it is refused where the unit runs by then; its undo does, which ends what it started. Links that only a
   * boot reads disturb nobody either way.
   */
  readonly operation: 'restart' | 'reload' | 'start' | 'enable';
  /** Of a restart, always. */
  readonly disrupts?: 'restart';
  /** Name of a unit of type service, with its suffix: `kubelet.service`. */
  readonly unit: string;
  /** The unit's own file as the plan saw it (`FragmentPath`): another unit under the same name is not restarted. */
  readonly fragment: string;
  /** Whether systemd reads unit files and drop-ins again first; needed when one of them was changed. Never to enable. */
  readonly daemonReload: boolean;
  /** Checks run once the unit is up again: that the new value is in force. */
  readonly verify: readonly CheckReference[];
}
