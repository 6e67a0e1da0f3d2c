import { parse } from 'yaml';
import type { KubeletFile } from '../facts/kubelet.ts';

/** What of a KubeletConfiguration is looked at here. */
export interface KubeletKeys {
  readonly containerLogMaxSize?: string;
  readonly containerLogMaxFiles?: number;
  readonly maxPods?: number;
  readonly imageGCHighThresholdPercent?: number;
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
}

/** The keys that a file gives; undefined when it is no YAML or JSON of the kind. */
export function configurationKeys({ content }: KubeletFile): KubeletKeys | undefined {
  const value = parsed(Buffer.from(content, 'latin1').toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { containerLogMaxSize: size, containerLogMaxFiles: files, maxPods, imageGCHighThresholdPercent: imageGc, evictionHard: hard, evictionSoft: soft } = value as Readonly<Record<string, unknown>>;
  return {
    // A quantity may be written as a number.
    ...(typeof size === 'string' || typeof size === 'number' ? { containerLogMaxSize: String(size) } : {}),
    ...(typeof files === 'number' ? { containerLogMaxFiles: files } : {}),
    ...(typeof maxPods === 'number' ? { maxPods } : {}),
    ...(typeof imageGc === 'number' ? { imageGCHighThresholdPercent: imageGc } : {}),
    ...(isTable(hard) ? { evictionHard: thresholds(hard) } : {}),
    ...(isTable(soft) ? { evictionSoft: thresholds(soft) } : {}),
  };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function thresholds(table: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(table).map(([signal, value]) => [signal, typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '']));
}

function parsed(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}
