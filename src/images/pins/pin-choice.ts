import type { Observed } from '../../evidence/evidence.ts';
import type { PinSupport } from '../pin-support.ts';
import type { HoldingProgram } from './holding-program.ts';

/** What decides how an image of a node can be kept from kubelet's collections. */
export interface PinMeans {
  readonly runtime: 'containerd' | 'docker';
  readonly pins: PinSupport;
  /** Whether kubelet uses the containerd that `image-pin` labels the records of. */
  readonly isOwnSocket: boolean;
  /** Whether the node is one of a cluster, where a DaemonSet can be made for it. */
  readonly hasApi: boolean;
  readonly program: Observed<HoldingProgram | 'none'>;
}

/** Why containerd's label is not the way. */
export type LabelObstacle = 'docker' | 'ignored' | 'unknown' | 'other-socket';

/** Why no pod can hold an image. */
export type HoldObstacle = 'no-api' | 'no-program' | 'program-unseen';

/**
 * `label`: containerd tells kubelet that the image is pinned, which costs nothing. `hold`: a pod of a DaemonSet runs from
 * it, which every kubelet respects on every runtime, for one pod a node. Both hold against each of its collections: for
 * room, for an eviction and for `imageMaximumGCAge`, which leave out what is pinned or in use alike. kubelet's own
 * thresholds do not protect an image: an eviction for lack of disk removes all that are unused whatever they are, and so
 * does their age, so that they only decide when.
 */
export type PinChoice =
  | { readonly way: 'label' }
  | { readonly way: 'hold'; readonly notLabel: LabelObstacle; readonly program: HoldingProgram }
  | { readonly way: 'none'; readonly notLabel: LabelObstacle; readonly notHold: HoldObstacle };

/** The cheapest way that is sure to work: not a label that is perhaps looked at. */
export function pinChoice(means: PinMeans): PinChoice {
  const notLabel = labelObstacle(means);
  if (notLabel === undefined) return { way: 'label' };
  const { hasApi, program } = means;
  if (!hasApi) return { way: 'none', notLabel, notHold: 'no-api' };
  if (program.state !== 'seen') return { way: 'none', notLabel, notHold: 'program-unseen' };
  if (program.value === 'none') return { way: 'none', notLabel, notHold: 'no-program' };
  return { way: 'hold', notLabel, program: program.value };
}

function labelObstacle({ runtime, pins, isOwnSocket }: PinMeans): LabelObstacle | undefined {
  if (runtime === 'docker') return 'docker';
  if (pins !== 'honoured') return pins;
  return isOwnSocket ? undefined : 'other-socket';
}
