import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { makeOwnFolder, ownPath } from '../../files/own-path.ts';
import { withFileLock } from './file-lock.ts';
import { hashHost, hashLength } from './host-pattern.ts';

export interface NewHostKey {
  /** As `hostId` writes it. */
  readonly id: string;
  readonly keyType: string;
  /** Base64 of the key's blob. */
  readonly key: string;
}

/**
 * Adds lines to a user's known_hosts. It only ever appends, so mode, owner and what is there stay as they are. Keys
 * that arrive while others are being written go together in the next write.
 */
export class KnownHostsWriter {
  readonly #path: string;
  /** Whether names are written as hashes, because the file's are. */
  readonly #hashed: boolean;
  #waiting: string[] = [];
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(path: string, hashed: boolean) {
    this.#path = path;
    this.#hashed = hashed;
  }

  /** Resolves when the line is on disk. @throws NodemendError KNOWN_HOSTS_UNWRITABLE, PATH_UNSAFE */
  async add({ id, keyType, key }: NewHostKey): Promise<void> {
    this.#waiting.push(`${this.#hashed ? hashedName(id) : id} ${keyType} ${key}\n`);
    this.#next ??= this.#current.then(() => this.#flush());
    try {
      await this.#next;
    } catch (error) {
      if (isNodemendError(error)) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new NodemendError(
        'KNOWN_HOSTS_UNWRITABLE',
        { address: id, path: this.#path, problem: code ?? message },
        { cause: error },
      );
    }
  }

  #flush(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#next = undefined;
    const writing = append(this.#path, text);
    this.#current = writing.catch(() => undefined);
    return writing;
  }
}

const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

async function append(path: string, text: string): Promise<void> {
  // A link is the user's own arrangement (dotfiles in another folder) and followed; one of another user's is not.
  const { path: real } = ownPath(path);
  if (!existsSync(dirname(real))) makeOwnFolder(dirname(real));
  await withFileLock(real, async () => {
    const file = await open(real, appending, 0o600);
    try {
      const { size } = await file.stat();
      const last =
        size === 0
          ? undefined
          : (await file.read({ position: size - 1, length: 1, buffer: Buffer.alloc(1) })).buffer[0];
      const newline = '\n'.charCodeAt(0);
      await file.appendFile(last === undefined || last === newline ? text : `\n${text}`);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

function hashedName(id: string): string {
  const salt = randomBytes(hashLength);
  return `|1|${salt.toString('base64')}|${hashHost(salt, id).toString('base64')}`;
}
