import { parseYaml, valueOf } from './yaml-document.ts';
import type { KubeletFile } from './kubelet.ts';

/** What of a KubeletConfiguration is looked at here. */
export interface KubeletKeys {
  readonly containerLogMaxSize?: string;
  readonly containerLogMaxFiles?: number;
  readonly maxPods?: number;
  readonly imageGCHighThresholdPercent?: number;
  readonly imageGCLowThresholdPercent?: number;
  /** Durations as Go writes them (`2m0s`). */
  readonly imageMinimumGCAge?: string;
  readonly imageMaximumGCAge?: string;
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
  readonly mergeDefaultEvictionSettings?: boolean;
  /** A value of a kind that kubelet does not take there: it does not start with this file. */
  readonly refused?: { readonly key: string; readonly value: string };
}

type Value = string | number | boolean | Readonly<Record<string, string>>;

/** How each of them is read; undefined for what kubelet does not start with. */
const readers: Readonly<Record<string, (value: unknown) => Value | undefined>> = {
  // A quantity may be written as a number elsewhere; this one is a string (types.go).
  containerLogMaxSize: text,
  containerLogMaxFiles: int32,
  maxPods: int32,
  imageGCHighThresholdPercent: int32,
  imageGCLowThresholdPercent: int32,
  imageMinimumGCAge: text,
  imageMaximumGCAge: text,
  evictionHard: thresholds,
  evictionSoft: thresholds,
  mergeDefaultEvictionSettings: boolean,
};

/** The keys that a file gives, as kubelet decodes them; undefined when it is not YAML or JSON of the kind. */
export function configurationKeys({ content }: Pick<KubeletFile, 'content'>): KubeletKeys | undefined {
  const value = parsed(Buffer.from(content, 'latin1').toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys = value as Readonly<Record<string, unknown>>;
  const given = Object.entries(readers).filter(([key]) => !isDefault(key, keys[key] ?? undefined));
  const read = given.map(([key, reader]) => [key, reader(keys[key])] as const);
  const refused = read.find(([, one]) => one === undefined)?.[0];
  return {
    ...Object.fromEntries(read.filter(([, one]) => one !== undefined)),
    ...(refused === undefined ? {} : { refused: { key: refused, value: JSON.stringify(keys[refused]) } }),
  };
}

/** Null is what is not there, and these are what kubelet replaces (apis/config/v1beta1/defaults.go). */
function isDefault(key: string, value: unknown): boolean {
  return value === undefined || (key === 'containerLogMaxSize' && value === '') || (key === 'maxPods' && value === 0);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function int32(value: unknown): number | undefined {
  return typeof value === 'number' && value === Math.trunc(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}

function thresholds(table: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return undefined;
  const entries = Object.entries(table).map(([signal, value]) => [signal, text(value ?? '')] as const);
  const isTaken = entries.every((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return isTaken ? Object.fromEntries(entries) : undefined;
}

function parsed(yaml: string): unknown {
  const document = parseYaml(yaml);
  return document && valueOf(document);
}
