import type { Configuration, IgnoredBecause } from './configuration.ts';
import { FileReader } from './file-reader.ts';
import type { FileTree, TreeEntry } from './file-tree.ts';
import { compareBytes } from './glob.ts';
import type { Release } from './release.ts';
import { Session, type Target } from './session.ts';
import { builtInSettings } from './settings.ts';
import { tabooFor } from './taboo.ts';

/** A file over 16 MiB is refused (`0xffffff` in config.c). */
const maxFileBytes = 0xffffff;

/**
 * What a run of `logrotate PATH…` as root would work with. What stands outside of rules in one holds in the next
 * (`readAllConfigPaths`). Never throws, whatever the files hold.
 */
export function readConfiguration(paths: string | readonly string[], tree: FileTree, release: Release): Configuration {
  const session = new Session(release, tree, readPath);
  const defaults = { settings: builtInSettings };
  for (const path of [paths].flat()) session.readPath(path, defaults);
  return session.result();
}

/** Reads a file or a folder of files; false when something in it failed. */
/**
 * Files and folders that are read at most, each as often as it is included. A folder that includes itself twice is read
 * two to the sixteenth times by logrotate; what is behind the last of these is unknown here.
 */
const mostReads = 2_000;

function readPath(session: Session, path: string, defaults: Target): boolean {
  session.reads += 1;
  if (session.reads > mostReads) {
    if (session.reads === mostReads + 1) session.unseen.push(path);
    return true;
  }
  const entry = session.tree.entry(path);
  if (entry === 'unseen') session.unseen.push(path);
  if (entry === 'unseen') return true;
  if (entry === 'absent') return false;
  return entry.kind === 'folder' ? readFolder(session, path, defaults) : readGuarded(session, path, defaults);
}

function readFolder(session: Session, folder: string, defaults: Target): boolean {
  const names = session.tree.names(folder);
  if (names === 'unseen') {
    session.unseen.push(folder);
    return true;
  }
  // The whole list is made before the first file is read: a taboo list that a file changes does not reach its
  // neighbours.
  const wanted = names.toSorted(compareBytes).filter((name) => !isTaboo(session, folder, name));
  const results = wanted.map((name) => readGuarded(session, `${folder === '/' ? '' : folder}/${name}`, defaults));
  // Before 3.12 a folder only fails when not a single file of it could be read.
  return session.release.errorDropsFile ? results.length === 0 || results.includes(true) : !results.includes(false);
}

function isTaboo(session: Session, folder: string, name: string): boolean {
  const pattern = tabooFor(name, session.taboo, session.release);
  if (pattern === undefined) return false;
  session.ignored.push({ path: `${folder}/${name}`, why: 'name', detail: pattern });
  return true;
}

/** Reads one file; when it fails, the defaults that it changed are put back. */
function readGuarded(session: Session, path: string, defaults: Target): boolean {
  const before = defaults.settings;
  const kept = session.blocks.length;
  if (readFile(session, path, defaults)) return true;
  if (session.release.errorDropsFile) session.dropBehind(kept, session.lastComplaint);
  defaults.settings = before;
  // A block that included a faulty file loses its names and logs, and every block behind it comes off logrotate's list,
  // because the copy that is put back has the list pointers of before (measured with 3.21.0).
  if (session.blocks.some((block) => block === defaults)) session.unpredictable.push(path);
  return false;
}

function readFile(session: Session, path: string, defaults: Target): boolean {
  const entry = session.tree.entry(path);
  if (entry === 'unseen' || entry === 'absent') return unreadable(session, path, entry);
  const ignored = ignoredBecause(entry, session.release);
  if (ignored !== undefined) {
    session.ignored.push({ path, ...ignored });
    return !(session.release.ignoredFileFails && ignored.why !== 'not-regular');
  }
  if (entry.size > maxFileBytes) {
    session.complaints.push({ code: 'too-large', file: path, line: 1, what: String(entry.size) });
    return false;
  }
  if (entry.content === undefined) return unreadable(session, path, 'unseen');
  session.readFiles.push(path);
  return new FileReader(session, path, entry.content, defaults).read();
}

function unreadable(session: Session, path: string, why: 'unseen' | 'absent'): boolean {
  if (why === 'unseen') session.unseen.push(path);
  else session.complaints.push({ code: 'cannot-open', file: path, line: 1, what: path });
  return why === 'unseen';
}

/** The checks that logrotate makes when it runs as root (config.c, between `fstat` and `mmap`). */
function ignoredBecause(
  entry: TreeEntry,
  release: Release,
): { readonly why: IgnoredBecause; readonly detail: string } | undefined {
  if (entry.kind !== 'file') return { why: 'not-regular', detail: entry.kind };
  const badMode = release.refusesExecutableFiles ? (entry.mode & 0o7533) !== 0o400 : (entry.mode & 0o022) !== 0;
  if (badMode) return { why: 'mode', detail: entry.mode.toString(8).padStart(4, '0') };
  if (entry.uid !== 0) return { why: 'owner', detail: String(entry.uid) };
  return undefined;
}
