import { createHash } from 'node:crypto';
import type { Sha256 } from './sha256.ts';

/** SHA-256 of bytes that come piece by piece. */
export class RunningSha256 {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /** Of all so far; more may follow. */
  now(): Sha256 {
    return this.#hash.copy().digest('hex') as Sha256;
  }
}
