import type { Fact } from '../../evidence/fact.ts';
import { sha256 } from '../../hash/sha256.ts';
import type { ProbedText } from '../probed-text.ts';
import script from './kubelet.sh?raw';

/** How kubelet was started, the files that it reads, and the pods that it knows. */
export interface KubeletFacts {
  /** Seconds since 1970, by the node's own clock, at which it was started; undefined when no file told the time. */
  readonly startedAt: number | undefined;
  /**
   * Of its command line: `config`, `config-dir`, `container-log-max-size`, `container-log-max-files`, `max-pods`,
   * `eviction-hard`, `eviction-soft`, `image-gc-high-threshold`, `image-gc-low-threshold`,
   * `minimum-image-ttl-duration`, `pod-infra-container-image`.
   */
  readonly options: ReadonlyMap<string, string>;
  /** Its environment allows `--config-dir` where that is not a default yet. */
  readonly dropInsAllowed: boolean;
  /** UIDs of the pods that it knows, or hashes of static ones; undefined where its folder was not found. */
  readonly knownPods: ReadonlySet<string> | undefined;
  /** Folders of its files that are there. */
  readonly folders: ReadonlySet<string>;
  /** By path; one that is not there or could not be read is not in it. */
  readonly files: ReadonlyMap<string, KubeletFile>;
  /**
   * Files and folders that were not read because others than root have a say in what they are, or because they are not
   * of the kind that kubelet reads; with why (runtimes/path-of-root.sh).
   */
  readonly refused: ReadonlyMap<string, string>;
  /** Paths that are there and could not be read whole. */
  readonly closed: ReadonlySet<string>;
}

export interface KubeletFile {
  readonly path: string;
  readonly isLink: boolean;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970 at which it, its name or its owner was last changed. */
  readonly changedAt: number;
  /** One character a byte. */
  readonly content: string;
  /** The content is the node's own bytes: nothing in it was left out or masked. */
  readonly isExact: boolean;
  /** SHA-256 of the node's own bytes, hex. */
  readonly sha256: string;
}

const optionNames =
  'config|config-dir|root-dir|container-log-max-size|container-log-max-files|max-pods|eviction-hard|eviction-soft|' +
  'image-gc-high-threshold|image-gc-low-threshold|minimum-image-ttl-duration|pod-infra-container-image';
const linePattern = new RegExp(
  String.raw`^(?:running -?\d+|service \S+|fragment /.+|option (?:${optionNames})=.*|drop-ins-on|user-args|no-pods-folder|pods(?: \S+)*|now \d+|(?:folder|missing|closed|large|link) /.*|refused [a-z-]+ .*|file [0-9a-f]+ \d+ \d+ \d+ \d+ /.+|sum [0-9a-f]{64} /.+)$`,
);

interface Parsed {
  readonly lines: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

export const kubeletConfiguration: Fact<KubeletFacts | 'no-kubelet'> = {
  key: 'kubelet/configuration',
  ahead: true,
  script,
  sums: ['/var/lib/kubelet/config.yaml', '/etc/kubernetes/kubelet-user-args'],
  looksAt: [
    '/var',
    '/var/lib',
    '/var/lib/kubelet',
    '/var/lib/kubelet/pods',
    '/var/lib/kubelet/config.yaml',
    '/etc',
    '/etc/kubernetes',
    '/etc/kubernetes/kubelet-user-args',
  ],
  parse: parseKubelet,
};

/** Takes apart what kubelet.sh prints; the lines that describe its unit are those of 0.1. */
function parseKubelet({ text, truncated }: ProbedText): KubeletFacts | 'no-kubelet' | undefined {
  if (text === 'no-kubelet\n') return 'no-kubelet';
  const parsed = truncated ? undefined : takeTexts(text.split('\n'));
  if (parsed === undefined) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    parsed.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [running] = valuesOf('running');
  const [now] = valuesOf('now');
  const pods = parsed.lines.find((line) => line === 'pods' || line.startsWith('pods '));
  return {
    startedAt: running === undefined || now === undefined ? undefined : Number(now) - Number(running),
    options: new Map(valuesOf('option').map(nameAndValue)),
    dropInsAllowed: parsed.lines.includes('drop-ins-on'),
    knownPods: pods === undefined ? undefined : new Set(pods.split(' ').slice(1)),
    folders: new Set(valuesOf('folder')),
    files: filesOf(valuesOf, parsed.texts),
    refused: new Map(
      valuesOf('refused').map((value) => [value.slice(value.indexOf(' ') + 1), value.slice(0, value.indexOf(' '))]),
    ),
    closed: new Set([...valuesOf('closed'), ...valuesOf('large')]),
  };
}

/** Separates the files from the lines about them; undefined for a line that the probe does not print. */
function takeTexts(all: readonly string[]): Parsed | undefined {
  const lines: string[] = [];
  const texts = new Map<string, string>();
  for (let at = 0; at < all.length - 1; at += 1) {
    const line = all[at] ?? '';
    const head = /^text (\d+) (\/.+)$/.exec(line);
    if (head === null && !linePattern.test(line)) return undefined;
    if (head === null) {
      lines.push(line);
      continue;
    }
    const count = Number(head[1]);
    texts.set(
      head[2] ?? '',
      all
        .slice(at + 1, at + 1 + count)
        .map((one) => `${one}\n`)
        .join(''),
    );
    at += count;
  }
  return { lines, texts };
}

function nameAndValue(option: string): readonly [string, string] {
  const equals = option.indexOf('=');
  return [option.slice(0, equals), option.slice(equals + 1)];
}

function filesOf(
  valuesOf: (word: string) => readonly string[],
  texts: Parsed['texts'],
): ReadonlyMap<string, KubeletFile> {
  const sums = new Map(valuesOf('sum').map((value) => [value.slice(65), value.slice(0, 64)]));
  const links = new Set(valuesOf('link'));
  const files = valuesOf('file').flatMap((line) => {
    const match = /^([0-9a-f]+) (\d+) (\d+) \d+ (\d+) (.+)$/.exec(line);
    const path = match?.[5] ?? '';
    const shown = texts.get(path);
    const sum = sums.get(path);
    if (match === null || shown === undefined || sum === undefined) return [];
    const [uid, gid, changedAt] = match.slice(2, 5).map(Number) as [number, number, number];
    const mode = Number.parseInt(match[1] ?? '', 16) & 0o7777;
    return [
      [
        path,
        { path, isLink: links.has(path), mode, uid, gid, changedAt, ...contentOf(shown, sum), sha256: sum },
      ] as const,
    ];
  });
  return new Map(files);
}

/** The probe ends every line; the last one of the file may have had no end. */
function contentOf(shown: string, sum: string): Pick<KubeletFile, 'content' | 'isExact'> {
  const isOf = (content: string): boolean => sha256(Buffer.from(content, 'latin1')) === sum;
  if (isOf(shown)) return { content: shown, isExact: true };
  const content = shown.slice(0, -1);
  return { content, isExact: isOf(content) };
}
