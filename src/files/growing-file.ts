import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunningSha256 } from '../hash/running-sha256.ts';
import { OpenedFile } from './opened-file.ts';
import { makeOwnFolder } from './own-path.ts';

/**
 * A file of ours that is written at its end while it is read from its beginning, several times over. Nothing of it is kept
 * in memory: who reads what is not there yet waits.
 */
export class GrowingFile {
  readonly path: string;
  readonly #hash = new RunningSha256();
  readonly #descriptor: number;
  readonly #reading: Promise<OpenedFile>;
  #written = 0;
  /** How long it will be; not known of what a program prints. */
  #length: number;
  #grown = Promise.withResolvers<void>();
  #failed: { readonly error: unknown } | undefined;

  /**
   * Makes it, so many bytes long in the end, in a folder that only this user may enter (mode 0600).
   * @throws NodemendError PATH_UNSAFE; the system's error, also where something stands there
   */
  constructor(path: string, length = Number.POSITIVE_INFINITY) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    this.path = join(makeOwnFolder(dirname(path)), path.slice(dirname(path).length + 1));
    this.#length = length;
    this.#descriptor = openSync(this.path, flags, 0o600);
    this.#reading = OpenedFile.open(this.path);
    this.#reading.catch(() => undefined);
    this.#grown.promise.catch(() => undefined);
  }

  get written(): number {
    return this.#written;
  }

  /** Who writes faster than the disk waits for it. @throws the system's error: the disk is full */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    this.#hash.update(bytes);
    this.#written += bytes.length;
    this.#tell();
  }

  /** It is whole. */
  finish(): void {
    this.#length = this.#written;
    this.#tell();
  }

  /** Nothing more comes: who waits is told why. */
  fail(error: unknown): void {
    this.#failed ??= { error };
    this.#tell();
  }

  /** Waits for its end. @throws what it failed with */
  async sha256(): Promise<string> {
    await this.#until(Number.POSITIVE_INFINITY);
    return this.#hash.now();
  }

  /**
   * As much as is there, and at least `least` bytes or all of the rest. @throws what it failed with
   */
  async read(from: number, { least, most }: { readonly least: number; readonly most: number }): Promise<Uint8Array> {
    await this.#until(from + least);
    const end = Math.min(from + most, this.#written);
    return (await this.#reading).read(from, Math.max(end - from, 0));
  }

  async remove(): Promise<void> {
    this.fail(Object.assign(new Error(`ENOENT: ${this.path} was removed`), { code: 'ENOENT' }));
    await (await this.#reading.catch(() => undefined))?.close();
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }

  #tell(): void {
    const { resolve } = this.#grown;
    this.#grown = Promise.withResolvers();
    resolve();
  }

  async #until(wanted: number): Promise<void> {
    while (this.#written < Math.min(wanted, this.#length)) {
      if (this.#failed) throw this.#failed.error;
      await this.#grown.promise;
    }
  }
}
