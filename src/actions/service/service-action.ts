import type { ActionBase, CheckReference } from '../action.ts';

/**
 * Restarts one systemd unit, or has it read its configuration again, so that files changed before it come into force.
 * It stands behind them in the plan, and is undone behind them too: they are put back, then the unit is restarted,
 * or reloaded, once more.
 */
export interface ServiceAction extends ActionBase {
  readonly kind: 'service';
  /** A reload ends no process, so it disrupts nothing; what of its files a daemon reads again is its own affair. */
  readonly operation: 'restart' | 'reload';
  /** Of a restart, always. */
  readonly disrupts?: 'restart';
  /** Name of a unit of type service, with its suffix: `kubelet.service`. */
  readonly unit: string;
  /** The unit's own file as the plan saw it (`FragmentPath`): another unit under the same name is not restarted. */
  readonly fragment: string;
  /** Whether systemd reads unit files and drop-ins again first; needed when one of them was changed. */
  readonly daemonReload: boolean;
  /** Checks run once the unit is up again: that the new value is in force. */
  readonly verify: readonly CheckReference[];
}
