import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const step = 1024 * 1024;

/** A file that is read in parts, in any order. */
export class OpenedFile {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** @throws Error EINVAL for what is not a regular file: a pipe or a device may have no end; the system's error */
  static async open(path: string): Promise<OpenedFile> {
    // Otherwise a pipe that nobody writes to would not even open.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return new OpenedFile(path, file);
    await file.close();
    throw Object.assign(new Error(`EINVAL: ${path} is not a regular file`), { code: 'EINVAL' });
  }

  /** As long as asked for. @throws Error EIO where the file has become shorter; the system's error */
  async read(from: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length;) {
      const { bytesRead } = await this.#file.read(bytes, at, length - at, from + at);
      if (bytesRead === 0) throw Object.assign(new Error(`EIO: ${this.path} was cut`), { code: 'EIO' });
      at += bytesRead;
    }
    return bytes;
  }

  /** From its beginning to its end. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; ;) {
      // A new one each time: who reads may keep what it got.
      const bytes = Buffer.alloc(step);
      const { bytesRead } = await this.#file.read(bytes, 0, step, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield bytes.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
