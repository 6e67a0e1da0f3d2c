import type { NodeFacts } from '../facts.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { configurationKeys, type KubeletKeys } from '../../../runtimes/kubelet/configuration.ts';
import { configurationFiles } from '../../../runtimes/kubelet/configuration-files.ts';
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
    eviction: evictionOf(sourcesOf(facts, kubelet)),
  };
}

function rotationOf({ node }: NodeFacts, kubelet: KubeletFacts): KubeletRotation {
  const limits = kubeletLimits(node, kubelet);
  return limits.state === 'seen'
    ? { maxBytes: limits.value.maxBytes.value, maxFiles: limits.value.maxFiles.value }
    : defaultKubeletRotation;
}

/** What the running kubelet says of itself is what it goes by; else flags win over drop-ins, drop-ins over the file. */
function sourcesOf({ node }: NodeFacts, kubelet: KubeletFacts | undefined): readonly KubeletKeys[] {
  if (node.kubelet?.state === 'seen') return [node.kubelet.value];
  return kubelet === undefined
    ? []
    : [flagKeys(kubelet), ...configurationFiles(node, kubelet).map((file) => configurationKeys(file) ?? {})];
}

/** The first that gives a key wins: drop-ins replace a table as a whole, as flags do. */
function evictionOf(sources: readonly KubeletKeys[]): EvictionSettings {
  const first = <Key extends keyof EvictionSettings>(key: Key): Pick<EvictionSettings, Key> | Record<string, never> => {
    const source = sources.find((keys) => keys[key] !== undefined);
    return source === undefined ? {} : ({ [key]: source[key] } as Pick<EvictionSettings, Key>);
  };
  return { ...first('imageGCHighThresholdPercent'), ...first('evictionHard'), ...first('evictionSoft') };
}

function flagKeys({ options }: KubeletFacts): KubeletKeys {
  const percent = Number(options.get('image-gc-high-threshold') ?? '');
  const [hard, soft] = ['eviction-hard', 'eviction-soft'].map((name) => options.get(name));
  return {
    ...(options.has('image-gc-high-threshold') && Number.isInteger(percent)
      ? { imageGCHighThresholdPercent: percent }
      : {}),
    ...(hard === undefined ? {} : { evictionHard: flagThresholds(hard) }),
    ...(soft === undefined ? {} : { evictionSoft: flagThresholds(soft) }),
  };
}

/**
 * `memory.available<100Mi,nodefs.available<10%`, in quotes where a unit file has them
 * (pkg/kubelet/eviction/helpers.go).
 */
function flagThresholds(text: string): Readonly<Record<string, string>> {
  const entries = text
    .replace(/^["']|["']$/g, '')
    .split(',')
    .flatMap((one) => {
      const [, signal, value] = /^([\w.]+)<(.+)$/.exec(one.trim()) ?? [];
      return signal === undefined || value === undefined ? [] : [[signal, value] as const];
    });
  return Object.fromEntries(entries);
}
