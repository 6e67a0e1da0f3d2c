import type { NodeFacts } from '../facts.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { roomSettings } from '../../../runtimes/kubelet/settings-in-force.ts';
import { kubeletLimits } from '../kubelet-limits/kubelet-limits.ts';
import type { KubeletRotation } from './container-uses.ts';
import type { EvictionSettings } from '../../../runtimes/kubelet/eviction.ts';
import { defaultKubeletRotation } from './log-bounds.ts';

/** What of kubelet's settings a forecast needs; its defaults where they could not be seen. */
export interface KubeletSettings {
  readonly rotation: KubeletRotation;
  readonly eviction: EvictionSettings;
}

export function kubeletSettings(facts: NodeFacts): KubeletSettings {
  const kubelet =
    facts.kubelet.state === 'seen' && facts.kubelet.value !== 'no-kubelet' ? facts.kubelet.value : undefined;
  return {
    rotation: kubelet === undefined ? defaultKubeletRotation : rotationOf(facts, kubelet),
    eviction: roomSettings(facts.node, kubelet),
  };
}

function rotationOf({ node }: NodeFacts, kubelet: KubeletFacts): KubeletRotation {
  const limits = kubeletLimits(node, kubelet);
  return limits.state === 'seen'
    ? { maxBytes: limits.value.maxBytes.value, maxFiles: limits.value.maxFiles.value }
    : defaultKubeletRotation;
}
