import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { configurationFiles, startedBeforeItsFiles } from '../../../runtimes/kubelet/configuration-files.ts';
import { configurationKeys, type KubeletKeys } from '../../../runtimes/kubelet/configuration.ts';
import { parseLogSize } from '../../../runtimes/kubelet/log-size.ts';

/** Where a value of the running kubelet came from; a path for files. */
export type Source = 'configz' | 'flag' | 'default' | (string & {});

export interface Limit {
  readonly value: number;
  readonly source: Source;
}

/** How large kubelet lets the logs of one container become. */
export interface KubeletLimits {
  /** Bytes at which a log is put aside; negative: never. */
  readonly maxBytes: Limit;
  /** Files of a container, the live one among them. */
  readonly maxFiles: Limit;
  readonly maxPods: Limit;
  /** A size with which kubelet does not start any more; what it runs with is not known then, and taken for its default. */
  readonly refusedSize?: Setting;
  /** A value of a kind that kubelet does not take in its file: the same is true of it. */
  readonly refusedKind?: RefusedKind;
  /** A file that it reads was changed since it was started: it may still run with other values. */
  readonly isChangedSinceStart: boolean;
}

export interface RefusedKind {
  readonly key: string;
  readonly value: string;
  /** The file. */
  readonly source: string;
}

/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go: since there is a rotation (1.11) until today (1.36). */
const defaults = { maxBytes: 10 * 2 ** 20, maxFiles: 5, maxPods: 110 } as const;

/** Whether a container may keep more than kubelet's defaults allow. */
export function isRaised({ maxBytes, maxFiles }: KubeletLimits): boolean {
  return maxBytes.value * maxFiles.value > defaults.maxBytes * defaults.maxFiles;
}

/**
 * What the running kubelet goes by. Its own answer (configz) comes first; else flags win over drop-ins, drop-ins over
 * the file, the file over the defaults. Unknown when something that it reads could not be read.
 */
export function kubeletLimits(node: NodeEvidence, kubelet: KubeletFacts): Observed<KubeletLimits> {
  const configz = node.kubelet?.state === 'seen' ? node.kubelet.value : undefined;
  const files = configurationFiles(node, kubelet).map((file) => ({ path: file.path, keys: configurationKeys(file) }));
  const unread = configz === undefined ? unreadable(kubelet, files) : undefined;
  if (unread !== undefined) return unread;
  const settings = settingsOf(kubelet, files, configz);
  const size = sizeOf(settings('containerLogMaxSize', 'container-log-max-size'));
  const maxFiles = whole(settings('containerLogMaxFiles', 'container-log-max-files'), defaults.maxFiles);
  const maxPods = whole(settings('maxPods', 'max-pods'), defaults.maxPods);
  const odd = [maxFiles, maxPods].find(({ value }) => Number.isNaN(value));
  if (odd !== undefined)
    return { state: 'unknown', reason: 'malformed', detail: `a value of ${odd.source} is no number` };
  const isChangedSinceStart = configz === undefined && startedBeforeItsFiles(node, kubelet);
  return { state: 'seen', value: { ...size, ...refusedKind(files), maxFiles, maxPods, isChangedSinceStart } };
}

/** Each file is decoded by itself, so that one is enough. */
function refusedKind(files: readonly FileKeys[]): Pick<KubeletLimits, 'refusedKind'> {
  const [refused] = files.flatMap(({ path, keys }) =>
    keys?.refused === undefined ? [] : [{ ...keys.refused, source: path }],
  );
  return refused === undefined ? {} : { refusedKind: refused };
}

function sizeOf(setting: Setting | undefined): Pick<KubeletLimits, 'maxBytes' | 'refusedSize'> {
  const byDefault = { maxBytes: { value: defaults.maxBytes, source: 'default' } };
  if (setting === undefined) return byDefault;
  const value = parseLogSize(setting.value);
  return value === undefined ? { ...byDefault, refusedSize: setting } : { maxBytes: { value, source: setting.source } };
}

interface FileKeys {
  readonly path: string;
  readonly keys: KubeletKeys | undefined;
}

interface Setting {
  readonly value: string;
  readonly source: Source;
}

type LimitKey = 'containerLogMaxSize' | 'containerLogMaxFiles' | 'maxPods';

function settingsOf(kubelet: KubeletFacts, files: readonly FileKeys[], configz: KubeletKeys | undefined) {
  return (key: LimitKey, flag: string): Setting | undefined => {
    if (configz?.[key] !== undefined) return { value: String(configz[key]), source: 'configz' };
    const option = kubelet.options.get(flag);
    if (option !== undefined) return { value: option, source: 'flag' };
    const file = files.find(({ keys }) => keys?.[key] !== undefined);
    return file === undefined ? undefined : { value: String(file.keys?.[key]), source: file.path };
  };
}

function whole(setting: Setting | undefined, otherwise: number): Limit {
  if (setting === undefined) return { value: otherwise, source: 'default' };
  return { value: /^-?\d+$/.test(setting.value) ? Number(setting.value) : Number.NaN, source: setting.source };
}

/** A file that decides and that could not be read, or is none that kubelet reads. */
function unreadable(kubelet: KubeletFacts, read: readonly FileKeys[]): Observed<never> | undefined {
  const [refused] = kubelet.refused;
  if (refused !== undefined)
    return { state: 'unknown', reason: 'unproven', detail: `${refused[0]} was not read (${refused[1]})` };
  const broken = brokenFile(kubelet, read);
  return broken === undefined
    ? undefined
    : { state: 'unknown', reason: 'malformed', detail: `${broken} could not be read` };
}

function brokenFile({ options, files, closed }: KubeletFacts, read: readonly FileKeys[]): string | undefined {
  const config = options.get('config');
  if (config !== undefined && !files.has(config)) return config;
  return read.find(({ keys }) => keys === undefined)?.path ?? [...closed].find((path) => path.endsWith('.conf'));
}
