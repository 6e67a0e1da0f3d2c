import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import type { RunningUse } from '../running-use.ts';
import script from './images.sh?raw';
import { containerdRegistries } from './registries.ts';

/** What the probe saw of the images that containerd keeps for kubelet. */
export interface ContainerdImages {
  /** Absent where nothing could list them; why is in `unlisted`. */
  readonly store: ContainerdStore | undefined;
  readonly unlisted: Unlisted | undefined;
  /** Of containers that run. */
  readonly uses: readonly RunningUse[];
  /**
   * What running sandboxes were made from that were started since this daemon was: what it makes them from. Empty where no such one
   * runs, or where none says.
   */
  readonly madeFrom: readonly string[];
  /**
   * What it said at its start that it makes them from, by its own configuration of then: asked only where its files are
   * newer, and where the journal still has it (containerd before 2.0).
   */
  readonly given: string | undefined;
  /** Sandboxes that run without saying what they were made from (containerd before 1.7). */
  readonly unnamedSandboxes: number;
  /** Folders that were not looked into because others than root have a say in what they are. */
  readonly refused: readonly string[];
  readonly downloads: readonly Download[];
  /** Where it keeps them in another folder than usual: a line of `disk/room`, or - and the folder where none was told. */
  readonly room: string | undefined;
}

type Unlisted = { readonly why: 'no-client' } | { readonly why: 'refused'; readonly path: string };

export interface ContainerdStore {
  /** As `uname -m` names it. */
  readonly machine: string;
  readonly records: readonly ImageRecord[];
  /** Records whose line could not be taken apart. */
  readonly odd: number;
  /** By digest. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  /** By the digest of an index: the images of it that are here. */
  readonly children: ReadonlyMap<string, readonly StoredChild[]>;
  /**
   * By the digest that a record names, where a layer is missing that containerd's configuration keeps: whether there is a
   * snapshot of the image. Of one that has none here nothing was asked: layers are dropped by configuration there.
   */
  readonly unpacked: ReadonlyMap<string, 'yes' | 'no' | '?'>;
  /** Digests that a record names and that are not in the content store. */
  readonly absent: ReadonlySet<string>;
  /** Digests of what is not a manifest, or too large for one. */
  readonly unread: ReadonlySet<string>;
}

/** A name, and the manifest or index that it stands for. */
export interface ImageRecord {
  readonly name: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  /** Those of CRI, of pins and of nodemend. */
  readonly labels: ReadonlyMap<string, string>;
}

export interface StoredManifest {
  /** Digest of its configuration: the id of the image. */
  readonly config: string;
  readonly hasConfig: boolean;
  readonly layers: number;
  readonly missingLayers: number;
  /** Of the configuration and the layers as they are transferred: what kubelet is told as the image's size. */
  readonly bytes: number;
}

export interface StoredChild {
  readonly digest: string;
  /** `linux/amd64`, `linux/arm/v7`. */
  readonly platform: string;
}

/** A part of an image whose download has not ended; a pull that was interrupted leaves it. */
export interface Download {
  readonly bytes: number;
  readonly what: string;
}

/** `no-containerd` where none runs. */
export const containerdImages: Fact<ContainerdImages | 'no-containerd'> = {
  key: 'containerd/images',
  script,
  looksAt: ['/run', '/run/containerd', '/var', '/var/lib', '/var/lib/containerd', '/usr/bin/ctr'],
  needs: [containerdRegistries],
  parse: parseImages,
};

const digest = 'sha256:[0-9a-f]{64}';
const linePattern = new RegExp(
  '^(?:refused [a-z-]+ .*|no-client|room [-0-9].* /.*|machine \\S+|' +
    `record ${digest} \\S+ \\S+ .+|also .+|odd \\d+|manifest ${digest} ${digest} \\d+ \\d+ \\d+ [01]|` +
    `child ${digest} ${digest} \\S+|(?:absent|unread) ${digest}|unpacked ${digest} (?:yes|no|[?])|` +
    `use \\d+ (?:container|sandbox) .+|made .+|given .*|unnamed \\d+|download \\d+ \\S+)$`,
  's',
);

/** Takes apart what images.sh prints. */
function parseImages({ text, truncated }: ProbedText): ContainerdImages | 'no-containerd' | undefined {
  if (text === 'no-containerd\n') return 'no-containerd';
  const lines = text.split('\n').slice(0, -1);
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const byWord = Map.groupBy(
    lines.map((line) => line.split(' ')),
    ([word]) => word,
  );
  const wordsOf = (word: string): readonly (readonly string[])[] =>
    (byWord.get(word) ?? []).map((words) => words.slice(1));
  const refused = wordsOf('refused').map((words) => words.slice(1).join(' '));
  const manifests = new Map(wordsOf('manifest').map(manifestOf));
  const records = recordsIn(lines, manifests);
  if (records === undefined) return undefined;
  const store = storeOf(wordsOf, manifests, records);
  return {
    store,
    unlisted: store === undefined ? unlistedBecause(lines, refused) : undefined,
    uses: wordsOf('use').map(([count, kind, ...name]) => ({
      image: name.join(' '),
      isSandbox: kind === 'sandbox',
      containers: Number(count),
    })),
    madeFrom: wordsOf('made').map((name) => name.join(' ')),
    given: lines.find((line) => line.startsWith('given '))?.slice('given '.length),
    unnamedSandboxes: Number(wordsOf('unnamed')[0]?.[0] ?? 0),
    refused,
    room: lines.find((line) => line.startsWith('room '))?.slice('room '.length),
    downloads: wordsOf('download').map(([bytes, what = '']) => ({ bytes: Number(bytes), what })),
  };
}

function unlistedBecause(lines: readonly string[], refused: readonly string[]): Unlisted {
  return lines.includes('no-client') ? { why: 'no-client' } : { why: 'refused', path: refused.at(-1) ?? '' };
}

function storeOf(
  wordsOf: (word: string) => readonly (readonly string[])[],
  manifests: ReadonlyMap<string, StoredManifest>,
  records: readonly ImageRecord[],
): ContainerdStore | undefined {
  const machine = wordsOf('machine')[0]?.[0];
  if (machine === undefined) return undefined;
  const children = Map.groupBy(wordsOf('child'), ([index = '']) => index);
  return {
    machine,
    records,
    odd: Number(wordsOf('odd')[0]?.[0] ?? 0),
    manifests,
    children: new Map(
      [...children].map(([index, ones]) => [
        index,
        ones.map(([, child = '', platform = '']) => ({ digest: child, platform })),
      ]),
    ),
    unpacked: new Map(wordsOf('unpacked').map(([own = '', answer]) => [own, answer as 'yes' | 'no' | '?'])),
    absent: new Set(wordsOf('absent').flat()),
    unread: new Set(wordsOf('unread').flat()),
  };
}

/** @returns undefined where a line says less than who it is, and nothing before it tells the rest */
function recordsIn(
  lines: readonly string[],
  manifests: ReadonlyMap<string, StoredManifest>,
): readonly ImageRecord[] | undefined {
  const records: ImageRecord[] = [];
  for (const line of lines) {
    const [word, ...words] = line.split(' ');
    if (word === 'record') records.push(recordOf(words));
    if (word !== 'also') continue;
    const like = records.at(-1);
    const name = like && fullName(words.join(' '), like.digest, manifests);
    if (like === undefined || name === undefined) return undefined;
    records.push({ ...like, name });
  }
  return records;
}

/** What `also` leaves out of a name. */
function fullName(short: string, target: string, manifests: ReadonlyMap<string, StoredManifest>): string | undefined {
  if (short === '=') return manifests.get(target)?.config;
  return short.endsWith('@') ? `${short}${target}` : short;
}

function recordOf([target = '', platforms = '', labels = '', ...name]: readonly string[]): ImageRecord {
  return {
    name: name.join(' '),
    digest: target,
    platforms: platforms === '-' ? [] : platforms.split(','),
    labels: new Map(labels === '-' ? [] : labels.split(',').map(keyAndValue)),
  };
}

function keyAndValue(label: string): readonly [string, string] {
  const equals = label.indexOf('=');
  return equals === -1 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)];
}

function manifestOf(words: readonly string[]): readonly [string, StoredManifest] {
  const [own = '', config = '', layers, bytes, missing, hasConfig] = words;
  return [
    own,
    {
      config,
      hasConfig: hasConfig === '1',
      layers: Number(layers),
      missingLayers: Number(missing),
      bytes: Number(bytes),
    },
  ];
}
