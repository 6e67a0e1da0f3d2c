import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whose word counts for a folder: root's, and that of these users. */
export interface Trustees {
  readonly users: readonly number[];
  /** In a pod the folders of volumes are open to all, and "all" are the containers of that pod. */
  readonly inPod: boolean;
}

/** Why others could decide what a path leads to. `uid` is the owner's. */
export interface Distrust {
  readonly state: 'distrusted';
  readonly why: 'owner' | 'group' | 'anyone' | 'link';
  readonly folder: string;
  readonly uid: number;
}

export type Trust =
  | Distrust
  /** `path` is where it really is, links resolved; `stats` are those of what stands there, if anything does. */
  | { readonly state: 'trusted'; readonly path: string; readonly stats: Stats | undefined };

/** As many as Linux follows (path_resolution(7)). */
const mostLinks = 40;
const sticky = 0o1000;

/**
 * Walks a path from the root down, as the kernel does, and asks of each folder and each link on it who could change
 * where it leads. A folder is one of root or of those who are trusted, and nobody else may write to it, unless it is
 * sticky as /tmp is: then what stands in it belongs to whom it says. That is what OpenSSH's StrictModes asks
 * (`safe_path` in misc.c), and git's safe.directory of the owner. Because each is asked after its parent, the answer
 * stays true for as long as nobody trusted changes it.
 * @param path Absolute. A last part that is a link is followed like any other.
 * @throws the system's error; what is missing is not an error
 */
export function trustOf(path: string, trustees: Trustees): Trust {
  const waiting = path.split('/').filter(isStep);
  let at = '/';
  let stats: Stats | undefined = lstatSync('/');
  for (let links = 0; ;) {
    const distrust = stats && distrustOf(at, stats, trustees);
    if (distrust) return distrust;
    if (stats?.isSymbolicLink()) {
      if (++links > mostLinks) throw Object.assign(new Error(`ELOOP: ${path}`), { code: 'ELOOP' });
      const target = readlinkSync(at);
      waiting.unshift(...target.split('/').filter(isStep));
      at = target.startsWith('/') ? '/' : dirname(at);
    } else {
      const part = waiting.shift();
      if (part === undefined) return { state: 'trusted', path: at, stats };
      at = part === '..' ? dirname(at) : join(at, part);
    }
    stats = lstatSync(at, { throwIfNoEntry: false });
  }
}

function isStep(part: string): boolean {
  return part !== '' && part !== '.';
}

/** Whose folders are ours: this user's, and under sudo those of who called it (as git takes them since 2.35.3). */
export function ownTrustees(environment: Readonly<Record<string, string | undefined>> = process.env): Trustees {
  const uid = process.geteuid?.() ?? 0;
  const caller = environment['SUDO_UID'];
  const users = uid === 0 && caller !== undefined && /^\d+$/.test(caller) ? [uid, Number(caller)] : [uid];
  return { users, inPod: environment['KUBERNETES_SERVICE_HOST'] !== undefined };
}

/** A file is not asked here: it is replaced, or its reader looks at it. */
function distrustOf(at: string, stats: Stats, trustees: Trustees): Distrust | undefined {
  const why = stats.isSymbolicLink()
    ? linkWhy(stats, trustees)
    : stats.isDirectory()
      ? folderWhy(at, stats, trustees)
      : undefined;
  return why && { state: 'distrusted', why, folder: at, uid: stats.uid };
}

function linkWhy({ uid }: Stats, trustees: Trustees): Distrust['why'] | undefined {
  return isTrusted(uid, trustees) ? undefined : 'link';
}

function folderWhy(folder: string, stats: Stats, trustees: Trustees): Distrust['why'] | undefined {
  if (!isTrusted(stats.uid, trustees)) return 'owner';
  if ((stats.mode & sticky) !== 0 || (trustees.inPod && isVolume(folder, stats))) return undefined;
  if ((stats.mode & 0o002) !== 0) return 'anyone';
  if ((stats.mode & 0o020) !== 0 && !isTrustedGroup(stats.gid, trustees)) return 'group';
  return undefined;
}

function isTrusted(uid: number, { users }: Trustees): boolean {
  return uid === 0 || users.includes(uid);
}

/** A folder that kubelet mounted: an emptyDir is root's, with mode 0777. */
function isVolume(folder: string, { uid, dev }: Stats): boolean {
  return uid === 0 && dev !== lstatSync(dirname(folder)).dev;
}

/**
 * Whether a group holds nobody else: a user's own group, whose members a umask of 002 lets write (Debian's OpenSSH has
 * the same exception, user-group-modes.patch). A group that is not in the machine's own files may hold anybody.
 */
function isTrustedGroup(gid: number, trustees: Trustees): boolean {
  if (gid === 0) return true;
  const group = table('/etc/group').find(([, , id]) => id === String(gid));
  if (!group) return false;
  const users = table('/etc/passwd');
  const named = (group[3] ?? '').split(',').filter((name) => name !== '');
  const uidOf = (name: string): string | undefined => users.find(([user]) => user === name)?.[2];
  const primary = users.filter(([, , , id]) => id === String(gid)).map(([, , uid]) => uid);
  return [...named.map(uidOf), ...primary].every((uid) => uid !== undefined && isTrusted(Number(uid), trustees));
}

function table(path: string): readonly (readonly string[])[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
