import type { Splice, Switch } from '../../gcfg/switch.ts';
import type { ClusterActionBase } from '../cluster-action.ts';

/**
 * Switches one boolean of a configuration file on that a Secret holds. Nothing of the file is part of it but the value
 * that is replaced.
 */
export interface SecretSettingAction extends ClusterActionBase {
  readonly kind: 'secret-setting';
  readonly disrupts?: never;
  /** Another object under the same name is not touched. */
  readonly uid: string;
  /** Any write since then makes the plan one of another world. */
  readonly resourceVersion: string;
  /** The run that wrote it before, by the annotation that this one replaces; absent where it has none. */
  readonly before?: string;
  /** The file, by its key in `data`. */
  readonly file: string;
  readonly setting: Switch;
  readonly splice: Splice;
}
