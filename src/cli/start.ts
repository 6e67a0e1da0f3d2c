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

const folder = compileCacheFolder();
if (folder !== undefined) process.getBuiltinModule('node:module').enableCompileCache(folder);
await import('./main.ts');

/**
 * The user's own cache folder; undefined when there is none that only this user can write to. Compiled code is run
 * without being checked against its source, so a folder that another user owns (the home of a caller of sudo, /tmp) is
 * never used.
 */
function compileCacheFolder(): string | undefined {
  const path = process.getBuiltinModule('node:path');
  const home = process.env['HOME'];
  const base = process.env['XDG_CACHE_HOME'] || (home ? path.join(home, '.cache') : undefined);
  if (base === undefined) return undefined;
  const owner = look(base) ?? (home ? look(home) : undefined);
  const ours = owner !== undefined && owner.uid === process.getuid?.() && (owner.mode & 0o022) === 0;
  return ours ? path.join(base, 'nodemend', 'compile') : undefined;
}

/** Undefined where there is nothing, and where this user may not look: sudo may keep the HOME of another. */
function look(path: string): { readonly uid: number; readonly mode: number } | undefined {
  try {
    return process.getBuiltinModule('node:fs').statSync(path);
  } catch {
    return undefined;
  }
}
