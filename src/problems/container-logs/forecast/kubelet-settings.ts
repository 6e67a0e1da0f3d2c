import type { NodeFacts } from '../facts.ts';
import type { EvictionSettings } from './eviction.ts';
import type { KubeletRotation } from './container-uses.ts';
import { defaultKubeletRotation } from './log-bounds.ts';

/** What of kubelet's settings a forecast needs; its defaults where they could not be seen. */
export interface KubeletSettings {
  readonly rotation: KubeletRotation;
  readonly eviction: EvictionSettings;
}

export function kubeletSettings(_facts: NodeFacts): KubeletSettings {
  return { rotation: defaultKubeletRotation, eviction: {} };
}
