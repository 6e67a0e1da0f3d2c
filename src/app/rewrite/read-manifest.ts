import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { retiredPrefixes } from '../../registry/successor.ts';
import type { LeftAlone } from './walk-files.ts';

/** No manifest is larger; what is, is data. */
const largestBytes = 16 * 1024 * 1024;
/** Nearly every manifest is read in one call. */
const firstBytes = 64 * 1024;

/**
 * What every text has in it that names a retired registry, also where registry and repository are apart or slashes are
 * escaped. Most files hold none, and are then not even decoded.
 */
const needles = new RegExp(
  retiredPrefixes.map((prefix) => RegExp.escape(prefix.split('/').findLast((part) => part !== '') ?? prefix)).join('|'),
);

/** Byte order marks of UTF-16, little and big endian. */
const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

export type ReadManifest = { readonly text: string } | { readonly left: LeftAlone };

/**
 * Reads files one after the other through one buffer, with as few system calls as can be: there may be a hundred
 * thousand.
 */
export class ManifestReader {
  #buffer = Buffer.allocUnsafe(firstBytes);
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** The text, byte order mark and all; undefined when nothing of ours is in it. */
  read(path: string): ReadManifest | undefined {
    const bytes = this.#bytes(path);
    if (typeof bytes === 'string') return { left: bytes };
    // PowerShell writes it, kubectl reads it; not one of our names would be found in it.
    if (utf16Marks.some((mark) => bytes.subarray(0, 2).equals(mark))) return { left: 'utf-16' };
    if (!needles.test(bytes.toString('latin1'))) return undefined;
    if (bytes.includes(0)) return { left: 'binary' };
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
