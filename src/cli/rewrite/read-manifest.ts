import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { retiredPrefixes } from '../../registry/successor.ts';
import type { LeftAlone } from './walk-files.ts';

/** No manifest is larger; what is, is data. */
const largestBytes = 16 * 1024 * 1024;

/**
 * What every text has in it that names a retired registry, also where registry and repository are apart or slashes are escaped.
 * Most files hold none, and are then not even decoded.
 */
const needles = [...new Set(retiredPrefixes.map((prefix) => prefix.split('/').findLast((part) => part !== '') ?? prefix))].map((text) => Buffer.from(text));

export type ReadManifest = { readonly text: string } | { readonly left: LeftAlone };

/** Reads files one after the other through one buffer. */
export class ManifestReader {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** The text, byte order mark and all; undefined when nothing of ours is in it. */
  read(path: string): ReadManifest | undefined {
    const bytes = this.#bytes(path);
    if (typeof bytes === 'string') return { left: bytes };
    if (!needles.some((needle) => bytes.includes(needle))) return undefined;
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
      // A pipe that somebody put there must not hold us up.
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) return 'unreadable';
      if (stats.size > largestBytes) return 'huge';
      if (stats.size >= this.#buffer.length) this.#buffer = Buffer.allocUnsafe(stats.size * 2);
      return this.#buffer.subarray(0, readWhole(descriptor, this.#buffer));
    } catch {
      return 'unreadable';
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

function readWhole(descriptor: number, buffer: Buffer): number {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return length;
}
