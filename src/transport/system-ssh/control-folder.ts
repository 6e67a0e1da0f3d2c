import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPath } from '../../files/own-path.ts';

/** A Unix socket's path has 104 bytes on macOS, 108 on Linux; ssh adds 17 while it makes one. */
const longestFolder = 104 - 17 - '/123456'.length;

/**
 * A folder of this process for control sockets, which only this user may enter: who can use one is logged in. Short and
 * without anything a shell or ssh would read in its own way, or else ssh fails as if the login had.
 */
export class ControlFolder {
  readonly #path: string;
  #count = 0;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const candidates = [environment['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'].filter(
      (path) => path !== undefined && isPlain(path),
    );
    this.#path = makeFirst(candidates as readonly string[]);
  }

  /** A new name in the folder. */
  next(): string {
    this.#count += 1;
    return join(this.#path, String(this.#count));
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

function isPlain(path: string): boolean {
  return /^\/[\w./-]*$/.test(path) && path.length + '/nodemend-XXXXXX'.length <= longestFolder;
}

/** Who can change the folder that a socket is in could put another in its place. */
function makeFirst(candidates: readonly string[]): string {
  const [first = '/tmp', ...others] = candidates;
  try {
    return mkdtempSync(join(ownPath(first).path, 'nodemend-'));
  } catch (error) {
    if (others.length === 0) throw error;
    return makeFirst(others);
  }
}
