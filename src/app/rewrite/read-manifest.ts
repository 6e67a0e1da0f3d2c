import { isAscii } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { LeftAlone } from './walk-files.ts';

/** No manifest is larger; what is, is data. */
const largestBytes = 16 * 1024 * 1024;
/** Nearly every manifest is read in one call. */
const firstBytes = 64 * 1024;

/** Byte order marks of UTF-16, little and big endian. */
const isUtf16 = ({ 0: first, 1: second }: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

export type ReadManifest = { readonly text: string } | { readonly left: LeftAlone };

/**
 * Reads files one after the other through one buffer, with as few system calls as can be: there may be a hundred
 * thousand.
 */
export class ManifestReader {
  #buffer = Buffer.allocUnsafe(firstBytes);
  readonly #needle: RegExp;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** @param needle what every text has in it that is to be looked into */
  constructor(needle: RegExp) {
    this.#needle = needle;
  }

  /** The text, byte order mark and all; undefined when nothing of ours is in it. */
  read(path: string): ReadManifest | undefined {
    const bytes = this.#bytes(path);
    if (typeof bytes === 'string') return { left: bytes };
    // PowerShell writes it, kubectl reads it; not one of our names would be found in it.
    if (isUtf16(bytes)) return { left: 'utf-16' };
    const characters = bytes.toString('latin1');
    if (!this.#needle.test(characters)) return undefined;
    if (bytes.includes(0)) return { left: 'binary' };
    if (isAscii(bytes)) return { text: characters };
    try {
      return { text: this.#decoder.decode(bytes) };
    } catch {
      return { left: 'binary' };
    }
  }

  #bytes(path: string): Buffer | LeftAlone {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const length = readSync(descriptor, this.#buffer);
      // Of a file, fewer bytes than were asked for are all there are.
      return length < this.#buffer.length ? this.#buffer.subarray(0, length) : this.#rest(descriptor, length);
    } catch {
      return 'unreadable';
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  #rest(descriptor: number, length: number): Buffer | LeftAlone {
    const { size } = fstatSync(descriptor);
    if (size > largestBytes) return 'huge';
    const whole = Buffer.allocUnsafe(Math.max(size, length) + 1);
    this.#buffer.copy(whole);
    let end = length;
    for (let read = -1; read !== 0 && end < whole.length; end += read)
      read = readSync(descriptor, whole, end, whole.length - end, null);
    return whole.subarray(0, end);
  }
}
