import type { Splice } from '../../gcfg/switch.ts';

/**
 * What the Secret with the configuration of Cinder's CSI driver says of growing volumes. No byte of it is kept but the
 * value of the one switch, and where that stands.
 */
export interface CinderConfig {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The run of nodemend that wrote it last. */
  readonly writtenBy?: string;
  /** Labels and annotations by which the field's tools mark what they keep (`ownershipMarks`). */
  readonly marks?: Readonly<Record<string, string>>;
  /** It cannot be changed. */
  readonly immutable?: true;
  /** The file, by its key in the Secret. */
  readonly file: string;
  /** `rescan-on-resize`; `broken`: the driver could not start with the file. */
  readonly rescan: 'on' | 'off' | 'absent' | 'broken';
  /** The edit that switches it on and leaves all else; absent where there is none. */
  readonly splice?: Splice;
}
