import { createHash } from 'node:crypto';

declare const made: unique symbol;

/**
 * SHA-256 of bytes, 64 hex digits in lower case. `sha256` alone makes one: what a node, a plan or a record says a hash
 * is stays a string, and is compared with one.
 */
export type Sha256 = string & { readonly [made]: true };

/** Of bytes and not of a text: the caller says in which encoding a text is meant (`Buffer.from(text, 'utf8')`). */
export function sha256(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}
