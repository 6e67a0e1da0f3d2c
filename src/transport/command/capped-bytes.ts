/**
 * Keeps the first `cap` bytes of what it is given, and whether there were more; `onKept` is told each piece as it
 * comes. Without a cap nothing is kept, and each piece is only told.
 */
export class CappedBytes {
  readonly #cap: number | undefined;
  readonly #onKept: ((chunk: Uint8Array) => void) | undefined;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #truncated = false;

  constructor(cap: number | undefined, onKept?: (chunk: Uint8Array) => void) {
    this.#cap = cap;
    this.#onKept = onKept;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  push(chunk: Uint8Array): void {
    if (this.#cap === undefined) {
      if (chunk.length > 0) this.#onKept?.(chunk);
      return;
    }
    const room = this.#cap - this.#length;
    if (chunk.length > room) this.#truncated = true;
    const kept = Math.min(chunk.length, room);
    if (kept === 0) return;
    // A copy: the chunk may be a slice of a buffer that its stream uses again, or keeps alive as a whole.
    const copy = Uint8Array.prototype.slice.call(chunk, 0, kept);
    this.#chunks.push(copy);
    this.#length += kept;
    this.#onKept?.(copy);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
