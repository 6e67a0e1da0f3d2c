/** Keeps the first `cap` bytes of what it is given, and whether there were more. */
export class CappedBytes {
  readonly #cap: number;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #truncated = false;

  constructor(cap: number) {
    this.#cap = cap;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  push(chunk: Uint8Array): void {
    const room = this.#cap - this.#length;
    if (chunk.length > room) this.#truncated = true;
    const kept = Math.min(chunk.length, room);
    if (kept === 0) return;
    // A copy: the chunk may be a slice of a buffer that its stream uses again, or keeps alive as a whole.
    this.#chunks.push(Uint8Array.prototype.slice.call(chunk, 0, kept));
    this.#length += kept;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
