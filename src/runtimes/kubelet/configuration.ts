import { parseYaml, valueOf } from './yaml-document.ts';
import type { KubeletFile } from './kubelet.ts';

/** What of a KubeletConfiguration is looked at here. */
export interface KubeletKeys {
  readonly containerLogMaxSize?: string;
  readonly containerLogMaxFiles?: number;
  readonly maxPods?: number;
  readonly imageGCHighThresholdPercent?: number;
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
}

const numbers = ['containerLogMaxFiles', 'maxPods', 'imageGCHighThresholdPercent'] as const;

/**
 * The keys that a file gives; undefined when it is not YAML or JSON of the kind, or says words where a number belongs.
 */
export function configurationKeys({ content }: KubeletFile): KubeletKeys | undefined {
  const value = parsed(Buffer.from(content, 'latin1').toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys = value as Readonly<Record<string, unknown>>;
  // Null is what is not there.
  if (numbers.some((key) => (keys[key] ?? 0) !== 0 && typeof keys[key] !== 'number')) return undefined;
  const { containerLogMaxSize: size } = keys;
  return {
    // A quantity may be written as a number.
    ...(typeof size === 'string' || typeof size === 'number' ? { containerLogMaxSize: String(size) } : {}),
    ...wholeNumber(keys, 'containerLogMaxFiles'),
    ...wholeNumber(keys, 'maxPods'),
    ...wholeNumber(keys, 'imageGCHighThresholdPercent'),
    ...thresholds(keys, 'evictionHard'),
    ...thresholds(keys, 'evictionSoft'),
  };
}

function wholeNumber(keys: Readonly<Record<string, unknown>>, key: (typeof numbers)[number]): KubeletKeys {
  return typeof keys[key] === 'number' ? { [key]: keys[key] } : {};
}

/** A threshold may be written as a number; what is neither text nor number is none. */
function thresholds(keys: Readonly<Record<string, unknown>>, key: 'evictionHard' | 'evictionSoft'): KubeletKeys {
  const table = keys[key];
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return {};
  const entries = Object.entries(table).map(
    ([signal, value]) => [signal, typeof value === 'number' || typeof value === 'string' ? String(value) : ''] as const,
  );
  return { [key]: Object.fromEntries(entries) };
}

function parsed(text: string): unknown {
  const document = parseYaml(text);
  return document && valueOf(document);
}
