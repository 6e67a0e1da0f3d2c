import type { Fact } from '../evidence/fact.ts';
import { sha256 } from '../hash/sha256.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import probe from './boot-state-probe.sh?raw';
import script from './boot-state.sh?raw';

/** A file that GRUB boots from, or that its configuration is generated from, as it lies on a node. */
export interface BootFile {
  readonly path: string;
  /** Of its bytes, hex. */
  readonly sha256: string;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly isLink: boolean;
  /** What was read of it: of most files only the lines that say what is booted. */
  readonly lines: readonly string[];
  /** The whole of it, one character a byte; undefined where something was left out or masked. */
  readonly text: string | undefined;
}

/** What GRUB of a node boots, and from what that is generated (`boot-state.sh`). */
export interface BootState {
  readonly firmware: 'bios' | 'efi';
  /** Of the running kernel, as GRUB names it: `(hd0,gpt2)/vmlinuz-5.10`; undefined where something else booted it. */
  readonly bootImage: string | undefined;
  /** Its `root=`. */
  readonly root: string | undefined;
  /** `cgroup.memory=…` of the running kernel. */
  readonly inForce: readonly string[];
  readonly tools: ReadonlySet<string>;
  readonly updateGrub: 'stock' | 'other' | undefined;
  /** Whether the generator reads `/etc/default/grub.d/*.cfg`. */
  readonly sourcesDropIns: boolean;
  /** In the order in which they are sourced; those of `grub.d` also where nothing reads them. */
  readonly defaults: readonly BootFile[];
  readonly configs: readonly BootFile[];
  /** Entries of the Boot Loader Specification. */
  readonly loaderEntries: readonly BootFile[];
  /** GRUB's environment, where such entries may have their arguments. */
  readonly environment: BootFile | undefined;
  /** `/etc/kernel/cmdline`: what entries of kernels to come are made with. */
  readonly commandLine: BootFile | undefined;
  /** Files that are there and could not be read. */
  readonly unread: readonly string[];
}

export const bootState: Fact<BootState> = {
  key: 'grub/boot-state',
  ahead: true,
  script: probe,
  shared: [script],
  sums: ['/etc/default/grub', '/etc/default/grub.d/*.cfg', '/boot/grub/grub.cfg', '/boot/grub2/grub.cfg'],
  looksAt: [
    '/etc/default/grub',
    '/etc/default/grub.d/*.cfg',
    '/boot/grub/grub.cfg',
    '/boot/grub2/grub.cfg',
    '/boot/efi/EFI/*/grub.cfg',
    '/boot/loader/entries/*.conf',
    '/boot/grub2/grubenv',
    '/etc/kernel/cmdline',
  ],
  parse: ({ text, truncated }: ProbedText) => (truncated ? undefined : parseBootState(text)),
};

const fileKinds = ['default', 'config', 'entry', 'env', 'command-line'] as const;

const fileLine = /^(default|config|entry|env|command-line) ([0-9a-f]{64}) ([0-7]{1,4}) (\d+) (\d+) \d+ (\/.*)$/u;

const otherLine =
  /^(?:firmware (?:bios|efi)|booted \S+|root \S+|in-force \S+|tool [a-z0-9-]+|update-grub (?:stock|other)|sources grub\.d|(?:link|closed|large) \/.*|\| .*|)$/u;

/** Undefined for what is not of the script's form. */
export function parseBootState(printed: string): BootState | undefined {
  const lines = printed.split('\n');
  if (!lines.every((line) => fileLine.test(line) || otherLine.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [firmware] = valuesOf('firmware');
  if (firmware !== 'bios' && firmware !== 'efi') return undefined;
  const files = Map.groupBy(filesOf(lines, new Set(valuesOf('link'))), ({ kind }) => kind);
  const filesOfKind = (kind: FileKind): readonly BootFile[] => (files.get(kind) ?? []).map(({ file }) => file);
  const [updateGrub] = valuesOf('update-grub');
  return {
    firmware,
    bootImage: valuesOf('booted')[0],
    root: valuesOf('root')[0],
    inForce: valuesOf('in-force'),
    tools: new Set(valuesOf('tool')),
    updateGrub: updateGrub as BootState['updateGrub'],
    sourcesDropIns: lines.includes('sources grub.d'),
    defaults: filesOfKind('default'),
    configs: filesOfKind('config'),
    loaderEntries: filesOfKind('entry'),
    environment: filesOfKind('env')[0],
    commandLine: filesOfKind('command-line')[0],
    unread: [...valuesOf('closed'), ...valuesOf('large')],
  };
}

type FileKind = (typeof fileKinds)[number];

interface FileOfKind {
  readonly kind: FileKind;
  readonly file: BootFile;
}

function filesOf(lines: readonly string[], links: ReadonlySet<string>): readonly FileOfKind[] {
  return lines.flatMap((line, at): readonly FileOfKind[] => {
    const [, kind, sum = '', mode = '', uid, gid, path = ''] = fileLine.exec(line) ?? [];
    if (kind === undefined) return [];
    const end = lines.findIndex((other, index) => index > at && !other.startsWith('| '));
    const own = lines.slice(at + 1, end === -1 ? undefined : end).map((one) => one.slice(2));
    const file = {
      path,
      sha256: sum,
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      isLink: links.has(path),
      lines: own,
      text: exactText(own, sum),
    };
    return [{ kind: kind as FileKind, file }];
  });
}

/** Printed lines do not say whether the last of them had an end. */
function exactText(lines: readonly string[], sum: string): string | undefined {
  const text = lines.join('\n');
  return [text, `${text}\n`, ''].find((one) => sha256(Buffer.from(one, 'latin1')) === sum);
}
