import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { Donor } from './donor.ts';

/** Nodes that have the very same images. One is read; where it is gone, or has lost an image, the next goes on. */
export class Donors {
  #left: readonly [Donor, ...Donor[]];

  constructor(donors: readonly [Donor, ...Donor[]]) {
    this.#left = donors;
  }

  /** @throws what reading of the last one throws; IMAGE_ARCHIVE_INVALID of any, because what was read of it has gone on by then */
  async read<Read>(from: (donor: Donor) => Promise<Read>): Promise<Read> {
    const [donor, next, ...others] = this.#left;
    try {
      return await from(donor);
    } catch (error) {
      if (next === undefined || !isNodemendError(error) || error.code === 'IMAGE_ARCHIVE_INVALID') throw error;
      // Another image may have found it so before.
      if (this.#left[0] === donor) this.#left = [next, ...others];
      return this.read(from);
    }
  }
}
