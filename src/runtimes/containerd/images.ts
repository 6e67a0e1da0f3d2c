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

/** `muddled`: the list has lines that are not containerd's own. */
type Unlisted = { readonly why: 'no-client' | 'muddled' } | { readonly why: 'refused'; readonly path: string };

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

/**
 * Takes apart what images.sh prints: a line for each name of each image, on hundreds of nodes, and so in one pass. A line of
 * no known form, or with more or less in it than its form has, makes the whole unknown.
 */
function parseImages({ text, truncated }: ProbedText): ContainerdImages | 'no-containerd' | undefined {
  if (text === 'no-containerd\n') return 'no-containerd';
  if (truncated) return undefined;
  const read = new ReadImages();
  const lines = text.split('\n');
  lines.pop();
  return lines.every((line) => read.take(line)) ? read.ended() : undefined;
}

const digest = 'sha256:[0-9a-f]{64}';

interface LineForm {
  /** What follows the first word. */
  readonly form: RegExp;
  /** @returns false for a line that cannot stand where it does */
  readonly keep: (read: ReadImages, found: RegExpExecArray) => boolean | void;
}

const lineForms: ReadonlyMap<string, LineForm> = new Map<string, LineForm>([
  [
    'record',
    {
      form: new RegExp(`^(=|${digest}) (=|(?!= )\\S+ \\S+) (.+)$`, 's'),
      keep: (read, [, own = '', kind = '', name = '']) => read.keepRecord(own, kind, name),
    },
  ],
  ['also', { form: /^.+$/s, keep: (read, [name]) => read.keepLikeLast(name) }],
  [
    'manifest',
    {
      form: new RegExp(`^(=|${digest}) (${digest}) (\\d+) (\\d+) (\\d+) ([01])$`),
      keep: (read, [, own = '', config = '', layers, bytes, missing, hasConfig]) =>
        read.keepManifest(own, {
          config,
          hasConfig: hasConfig === '1',
          layers: Number(layers),
          missingLayers: Number(missing),
          bytes: Number(bytes),
        }),
    },
  ],
  [
    'child',
    {
      form: new RegExp(`^(${digest}) (${digest}) (\\S+)$`),
      keep: (read, [, index = '', own = '', platform = '']) => read.keepChild(index, { digest: own, platform }),
    },
  ],
  ['absent', { form: new RegExp(`^${digest}$`), keep: (read, [own]) => void read.absent.add(own) }],
  ['unread', { form: new RegExp(`^${digest}$`), keep: (read, [own]) => void read.unread.add(own) }],
  [
    'unpacked',
    {
      form: new RegExp(`^(${digest}) (yes|no|[?])$`),
      keep: (read, [, own = '', answer]) => void read.unpacked.set(own, answer as 'yes' | 'no' | '?'),
    },
  ],
  [
    'use',
    {
      form: /^(\d+) (container|sandbox) (.+)$/s,
      keep: (read, [, containers, kind, image = '']) =>
        void read.uses.push({ image, isSandbox: kind === 'sandbox', containers: Number(containers) }),
    },
  ],
  [
    'download',
    {
      form: /^(\d+) (\S+)$/,
      keep: (read, [, bytes, what = '']) => void read.downloads.push({ bytes: Number(bytes), what }),
    },
  ],
  ['refused', { form: /^[a-z-]+ (.*)$/s, keep: (read, [, path = '']) => void read.refused.push(path) }],
  ['made', { form: /^.+$/s, keep: (read, [name]) => void read.madeFrom.push(name) }],
  ['given', { form: /^.*$/s, keep: (read, [name]) => void (read.given ??= name) }],
  ['machine', { form: /^\S+$/, keep: (read, [name]) => void (read.machine ??= name) }],
  ['room', { form: /^[-0-9].* \/.*$/s, keep: (read, [room]) => void (read.room ??= room) }],
  ['odd', { form: /^\d+$/, keep: (read, [count]) => void (read.odd ??= Number(count)) }],
  ['unnamed', { form: /^\d+$/, keep: (read, [count]) => void (read.unnamed ??= Number(count)) }],
]);

/** What was read so far. */
class ReadImages {
  readonly records: ImageRecord[] = [];
  /** Of those that are named as their configuration is: which manifest comes later may tell. */
  readonly #namedById: number[] = [];
  /** By what stands in the line: nearly all records have the same. */
  readonly #kinds = new Map<string, Pick<ImageRecord, 'platforms' | 'labels'>>();
  /** What `=` stands for: the image or index, the image of an index, platforms and labels. */
  #toldLast: string | undefined;
  #childLast: string | undefined;
  #kindLast: string | undefined;
  /** The name of the last record that has a line of its own. */
  #nameLast = '';
  readonly manifests = new Map<string, StoredManifest>();
  readonly #children = new Map<string, StoredChild[]>();
  readonly unpacked = new Map<string, 'yes' | 'no' | '?'>();
  readonly absent = new Set<string>();
  readonly unread = new Set<string>();
  readonly uses: RunningUse[] = [];
  readonly madeFrom: string[] = [];
  readonly refused: string[] = [];
  readonly downloads: Download[] = [];
  given: string | undefined;
  machine: string | undefined;
  room: string | undefined;
  odd: number | undefined;
  unnamed: number | undefined;
  #hasNoClient = false;
  #isMuddled = false;

  /** @returns false for a line that is not what images.sh prints, where it stands */
  take(line: string): boolean {
    const end = line.indexOf(' ');
    if (end === -1) {
      this.#hasNoClient ||= line === 'no-client';
      this.#isMuddled ||= line === 'muddled';
      return line === 'no-client' || line === 'muddled';
    }
    const known = lineForms.get(line.slice(0, end));
    const found = known?.form.exec(line.slice(end + 1)) ?? undefined;
    return known !== undefined && found !== undefined && known.keep(this, found) !== false;
  }

  keepRecord(own: string, words: string, name: string): boolean {
    const digest = own === '=' ? this.#toldLast : own;
    const kind = words === '=' ? this.#kindLast : words;
    if (digest === undefined || kind === undefined) return false;
    this.#kindLast = kind;
    this.#nameLast = name;
    this.records.push({ digest, ...this.#kindIn(kind), name });
    return true;
  }

  #kindIn(words: string): Pick<ImageRecord, 'platforms' | 'labels'> {
    const known = this.#kinds.get(words);
    if (known !== undefined) return known;
    const blank = words.indexOf(' ');
    const labels = new Map(listed(words.slice(blank + 1)).map(keyAndValue));
    const kind = { platforms: listed(words.slice(0, blank)), labels };
    this.#kinds.set(words, kind);
    return kind;
  }

  keepManifest(own: string, manifest: StoredManifest): boolean {
    const digest = own === '=' ? this.#childLast : own;
    if (digest === undefined) return false;
    if (own !== '=') this.#toldLast = own;
    this.manifests.set(digest, manifest);
    return true;
  }

  keepChild(index: string, child: StoredChild): void {
    this.#toldLast = index;
    this.#childLast = child.digest;
    const children = this.#children.get(index) ?? [];
    children.push(child);
    this.#children.set(index, children);
  }

  /** A further name of the record before it; what that says already is left out of it. */
  keepLikeLast(short: string): boolean {
    const like = this.records.at(-1);
    if (like === undefined) return false;
    if (short === '=') this.#namedById.push(this.records.length);
    const beforeDigest = short === '@' ? this.#nameLast.replace(/:[^:/@]*$/, '@') : short;
    this.records.push({ ...like, name: short.endsWith('@') ? `${beforeDigest}${like.digest}` : short });
    return true;
  }

  /** @returns undefined where a name is said to be an id that no line tells */
  ended(): ContainerdImages | undefined {
    for (const at of this.#namedById) {
      const record = this.records[at];
      const name = record && this.manifests.get(record.digest)?.config;
      if (record === undefined || name === undefined) return undefined;
      this.records[at] = { ...record, name };
    }
    const store = this.#store();
    return {
      store,
      unlisted: store === undefined ? this.#unlisted() : undefined,
      uses: this.uses,
      madeFrom: this.madeFrom,
      given: this.given,
      unnamedSandboxes: this.unnamed ?? 0,
      refused: this.refused,
      room: this.room,
      downloads: this.downloads,
    };
  }

  #store(): ContainerdStore | undefined {
    if (this.machine === undefined || this.#isMuddled) return undefined;
    return {
      machine: this.machine,
      records: this.records,
      odd: this.odd ?? 0,
      manifests: this.manifests,
      children: this.#children,
      unpacked: this.unpacked,
      absent: this.absent,
      unread: this.unread,
    };
  }

  #unlisted(): Unlisted {
    if (this.#isMuddled) return { why: 'muddled' };
    return this.#hasNoClient ? { why: 'no-client' } : { why: 'refused', path: this.refused.at(-1) ?? '' };
  }
}

function listed(words: string): readonly string[] {
  return words === '-' ? [] : words.split(',');
}

function keyAndValue(label: string): readonly [string, string] {
  const equals = label.indexOf('=');
  return equals === -1 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)];
}
