/**
 * What Node runs first: small, and in syntax that an old Node can still read, so that it can say what is wrong.
 * Everything else is loaded after the check, through a cache of compiled code.
 */
const floor = 24;

if (Number(process.versions.node.split('.')[0]) < floor) {
  const korean = (process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '').startsWith('ko');
  process.stderr.write(
    korean
      ? `nodemend: Node ${floor} 이상이 필요한데 여기에서는 ${process.version}입니다.\n  다음: Node ${floor}를 설치하거나, Node가 들어 있는 단일 파일 nodemend를 사용하세요.\n`
      : `nodemend: Node ${floor} or newer is needed, and this is ${process.version}.\n` +
          `  next: install Node ${floor}, or use the one-file nodemend that has Node inside.\n`,
  );
  process.exit(2);
}

const folder = await compileCacheFolder();
if (folder !== undefined) process.getBuiltinModule('node:module').enableCompileCache(folder);
await (await import('./main.ts')).main();

/**
 * The user's own cache folder; undefined when there is none that only this user and root can change. Compiled code is
 * run without being checked against its source, so what another user could repeatAccess (the home of a caller of sudo, a
 * folder below one of theirs) is never used, and is not made below one either.
 */
async function compileCacheFolder(): Promise<string | undefined> {
  const path = process.getBuiltinModule('node:path');
  const home = process.env['HOME'];
  const base = process.env['XDG_CACHE_HOME'] || (home ? path.join(home, '.cache') : undefined);
  const uid = process.geteuid?.();
  if (base === undefined || !path.isAbsolute(base) || uid === undefined) return undefined;
  const wanted = path.join(base, 'nodemend', 'compile');
  try {
    return isPlainlyOwn(wanted, uid) ? wanted : await trustedFolder(wanted, uid);
  } catch {
    // Not to be written, or not to be looked at: sudo may keep the HOME of another.
    return undefined;
  }
}

/**
 * The usual case, without loading a module before there is a cache to load it from: no link on the way, and each folder
 * root's or the user's, with nobody else who can write.
 */
function isPlainlyOwn(wanted: string, uid: number): boolean {
  const { lstatSync } = process.getBuiltinModule('node:fs');
  const othersMayWrite = 0o022;
  for (let at = wanted; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const stats = lstatSync(at || '/', { throwIfNoEntry: false });
    const isOwn = stats?.isDirectory() === true && (stats.uid === 0 || stats.uid === uid);
    if (!isOwn || (stats.mode & othersMayWrite) !== 0) return false;
    if (at === '') return true;
  }
}

async function trustedFolder(wanted: string, uid: number): Promise<string | undefined> {
  const { trustOf } = await import('../files/folder-trust.ts');
  const trustees = { users: [uid], inPod: false };
  const found = trustOf(wanted, trustees);
  if (found.state === 'distrusted') return undefined;
  if (found.stats) return found.path;
  process.getBuiltinModule('node:fs').mkdirSync(found.path, { recursive: true, mode: 0o700 });
  // In a folder like /tmp somebody may have been quicker.
  const made = trustOf(wanted, trustees);
  return made.state === 'trusted' ? made.path : undefined;
}
