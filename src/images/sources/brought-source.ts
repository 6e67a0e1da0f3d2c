import type { Unknown } from '../../evidence/unknown.ts';

/** An image of an archive that was carried to the machine on which nodemend runs. */
export interface CarriedImage {
  /** Written out, as kubelet asks for them; none where the archive has none. */
  readonly names: readonly string[];
  readonly digest: string;
  /** Digest of its configuration. */
  readonly id: string;
  readonly platform: string;
  /** Of all that belongs to it. */
  readonly bytes: number;
  /** Absolute. */
  readonly file: string;
  /** Of the file, hex. */
  readonly sha256: string;
}

/** An image that a node's docker is to save: what docker gives has a manifest of its own, which nobody knows before. */
export interface SavedQuestion {
  readonly node: string;
  /** As docker has it. */
  readonly id: string;
  readonly platform: string;
}

/** What it is as an archive. */
export type SavedAnswer =
  | {
      readonly state: 'saved';
      readonly digest: string;
      /** Digest of its configuration. */
      readonly id: string;
      readonly bytes: number;
    }
  | Unknown;

/** By `savedKey`. */
export type SavedAnswers = ReadonlyMap<string, SavedAnswer>;

export function savedKey({ node, id }: Pick<SavedQuestion, 'node' | 'id'>): string {
  return `${node} ${id}`;
}
