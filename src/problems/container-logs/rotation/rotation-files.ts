import type { Fact } from '../../../evidence/fact.ts';
import { sha256 } from '../../../hash/sha256.ts';
import type { Accounts } from '../../../logrotate/file-tree.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';
import { scheduler } from '../schedule/scheduler.ts';
import script from './rotation-files.sh?raw';

/** What is known of everything that logrotate may read. */
export interface RotationFiles {
  /** By absolute path, symbolic links followed. */
  readonly files: ReadonlyMap<string, RotationFile>;
  /** Folders whose entries are all in `files`, or in `dangling`. */
  readonly folders: ReadonlySet<string>;
  /** Paths that are named and do not exist. */
  readonly missing: ReadonlySet<string>;
  /** Symbolic links to nothing. */
  readonly dangling: ReadonlySet<string>;
  /** Existing folders that an `olddir` names. */
  readonly oldDirs: ReadonlySet<string>;
  readonly accounts: Accounts;
}

export interface RotationFile {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly isLink: boolean;
  /** One character a byte. Undefined when it is not a regular file, could not be read, or changed while it was read. */
  readonly content?: string;
  /** The content is the node's own bytes: no secret was masked in it on its way here. */
  readonly isExact: boolean;
  /** SHA-256 of the file's bytes on the node, masked or not, hex; undefined where the content is. */
  readonly sha256?: string;
}

/** A file behind the cap is known by its name, and known not to be known. */
export const rotationFiles: Fact<RotationFiles> = {
  key: 'logrotate/files',
  script,
  looksAt: ['/etc', '/etc/logrotate.conf', '/etc/logrotate.d/*'],
  sums: ['/etc/logrotate.conf', '/etc/logrotate.d/*'],
  // Which names the files that lines of cron and units give to logrotate.
  needs: [scheduler],
  parse: parseRotationFiles,
  readsBeginning: true,
};

/** Takes apart what rotation-files.sh prints. */
function parseRotationFiles({ text, truncated }: ProbedText): RotationFiles | undefined {
  const split = /^separator (.+)\n\n/m.exec(text);
  const header = text.slice(0, split?.index ?? 0);
  const separator = `\n${split?.[1] ?? ''}\n`;
  const lines = header.split('\n').filter((line) => line !== '');
  if (split === null || !lines.every(isKnownLine)) return undefined;
  const sums = lines.flatMap(checksumOf);
  const contents = text.slice(split.index + split[0].length).split(separator);
  // One piece more than files: what is behind the last separator, nothing.
  if (!truncated && (contents.length !== sums.length + 1 || contents.at(-1) !== '')) return undefined;
  const byPath = new Map(sums.map(({ path, sum }, index) => [path, observedContent(sum, wholePiece(contents, index))]));
  return collect(lines, byPath);
}

const linePattern =
  /^(?:(?:folder|missing|dangling|link|closed|olddir) \/.*|accounts \S* \S*|file [0-9a-f]+ \d+ \d+ \d+ \/.*|[0-9a-f]{64}  \/.*)$/;

function isKnownLine(line: string): boolean {
  return linePattern.test(line);
}

function checksumOf(line: string): readonly { readonly path: string; readonly sum: string }[] {
  const match = /^([0-9a-f]{64}) {2}(\/.*)$/.exec(line);
  return match === null ? [] : [{ sum: match[1] ?? '', path: match[2] ?? '' }];
}

/** A piece without a separator behind it was cut off by the cap. */
function wholePiece(pieces: readonly string[], index: number): string | undefined {
  return index < pieces.length - 1 ? pieces[index] : undefined;
}

interface ObservedContent extends Pick<RotationFile, 'content' | 'isExact' | 'sha256'> {}

/** What redaction puts in the place of a secret (`evidence/redact/mask.ts`). */
const mask = '***';

function observedContent(sum: string, piece: string | undefined): ObservedContent {
  if (piece === undefined) return { isExact: false };
  if (sha256(Buffer.from(piece, 'latin1')) === sum) return { content: piece, isExact: true, sha256: sum };
  // Masked secrets leave lines and words as they were; anything else changed while it was read.
  return piece.includes(mask) ? { content: piece, isExact: false, sha256: sum } : { isExact: false };
}

function collect(lines: readonly string[], contents: ReadonlyMap<string, ObservedContent>): RotationFiles {
  const pathsOf = (word: string): ReadonlySet<string> =>
    new Set(lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)));
  const links = pathsOf('link');
  const closed = pathsOf('closed');
  const files = [...pathsOf('file')].map((fields) => parseFile(fields, links, contents));
  return {
    files: new Map(files.map((file) => [file.path, file])),
    folders: new Set([...pathsOf('folder')].filter((folder) => !closed.has(folder))),
    missing: pathsOf('missing'),
    dangling: pathsOf('dangling'),
    oldDirs: pathsOf('olddir'),
    accounts: parseAccounts(lines.find((line) => line.startsWith('accounts ')) ?? ''),
  };
}

function parseFile(
  fields: string,
  links: ReadonlySet<string>,
  contents: ReadonlyMap<string, ObservedContent>,
): RotationFile {
  const [mode = '', uid, gid, size, ...rest] = fields.split(' ');
  const path = rest.join(' ');
  const bits = Number.parseInt(mode, 16);
  return {
    path,
    kind: fileKind(bits),
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    isLink: links.has(path),
    ...(contents.get(path) ?? { isExact: false }),
  };
}

/** File type bits of st_mode (inode(7)). */
function fileKind(mode: number): 'file' | 'folder' | 'other' {
  const type = mode & 0o170000;
  return type === 0o100000 ? 'file' : type === 0o040000 ? 'folder' : 'other';
}

function parseAccounts(line: string): Accounts {
  const [, users = '', groups = ''] = line.split(' ');
  return { users: new Set(users.split(',')), groups: new Set(groups.split(',')) };
}
