import type { NodeEvidence } from '../../evidence/evidence.ts';
import { configurationFiles } from './configuration-files.ts';
import { configurationKeys, type KubeletKeys } from './configuration.ts';
import type { EvictionSettings } from './eviction.ts';
import type { KubeletFacts } from './kubelet.ts';

/** What decides when a disk is too full, and which images go then; undefined where the default holds. */
export interface RoomSettings extends EvictionSettings {
  readonly imageGCLowThresholdPercent?: number;
  /** Durations as Go writes them. */
  readonly imageMinimumGCAge?: string;
  readonly imageMaximumGCAge?: string;
}

const keys = [
  'imageGCHighThresholdPercent',
  'imageGCLowThresholdPercent',
  'imageMinimumGCAge',
  'imageMaximumGCAge',
  'evictionHard',
  'evictionSoft',
  'mergeDefaultEvictionSettings',
] as const satisfies readonly (keyof RoomSettings)[];

/** The first that gives a key wins: drop-ins replace a table as a whole, as flags do. */
export function roomSettings(node: NodeEvidence, kubelet: KubeletFacts | undefined): RoomSettings {
  const sources = sourcesOf(node, kubelet);
  return Object.fromEntries(
    keys.flatMap((key) => {
      const source = sources.find((one) => one[key] !== undefined);
      return source === undefined ? [] : [[key, source[key]]];
    }),
  );
}

/** What the running kubelet says of itself is what it goes by; else flags win over drop-ins, drop-ins over the file. */
function sourcesOf(node: NodeEvidence, kubelet: KubeletFacts | undefined): readonly KubeletKeys[] {
  if (node.kubelet?.state === 'seen') return [node.kubelet.value];
  return kubelet === undefined
    ? []
    : [flagKeys(kubelet), ...configurationFiles(node, kubelet).map((file) => configurationKeys(file) ?? {})];
}

function flagKeys({ options }: KubeletFacts): KubeletKeys {
  const percent = (flag: string): number | undefined => {
    const text = options.get(flag);
    return text === undefined || !Number.isInteger(Number(text)) ? undefined : Number(text);
  };
  const [high, low] = [percent('image-gc-high-threshold'), percent('image-gc-low-threshold')];
  const [hard, soft] = ['eviction-hard', 'eviction-soft'].map((name) => options.get(name));
  const age = options.get('minimum-image-ttl-duration');
  return {
    ...(high === undefined ? {} : { imageGCHighThresholdPercent: high }),
    ...(low === undefined ? {} : { imageGCLowThresholdPercent: low }),
    ...(age === undefined ? {} : { imageMinimumGCAge: age }),
    // A flag is read behind the file, and nothing is merged into it.
    ...(hard === undefined ? {} : { evictionHard: flagThresholds(hard), mergeDefaultEvictionSettings: false }),
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
