import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Operator } from '../../end-to-end/operator.ts';
import { said, type HostileFixture } from '../hostile-fixture.ts';
import { leasesElsewhere } from '../leases-elsewhere.ts';

export interface DiskFull {
  readonly fixture: () => HostileFixture;
  readonly node: string;
}

/** Less than what a backup needs at least. */
const smallDisk = `
mkdir -p -m 0700 /var/lib/nodemend
mount -t tmpfs -o mode=0700,size=60k tmpfs /var/lib/nodemend
`;

/**
 * The node's own disk, with what is kept back for root used up as well: two blocks are left, one for the lock. How
 * little ext4 really gives cannot be asked (it keeps clusters back for itself), so this is found out by writing.
 * kubelet would make room at once, by removing images.
 */
const fullDisk = `
systemctl stop kubelet
mkdir -p -m 0700 /var/lib/nodemend/runs
set -- $(stat -f -c '%f %S' /var/lib)
fallocate -l $(($1 * $2 - 33554432)) /var/lib/filler
dd if=/dev/zero of=/var/lib/filler bs=4k oflag=append conv=notrunc,fsync 2>/dev/null || true
truncate -s -8K /var/lib/filler
sync
`;

/** A node without room for a backup is not changed, and says so. */
export function diskFull({ fixture, node }: DiskFull): void {
  describe('the disk is full at backup time', () => {
    let operator: Operator;
    let before: string;
    beforeEach(async () => {
      operator = fixture().operator();
      [before = ''] = await fixture().breakNodes(node);
    });
    afterEach(() =>
      fixture().testbed.root(
        node,
        'umount /var/lib/nodemend 2>/dev/null; rm -f /var/lib/filler; systemctl start kubelet',
      ),
    );

    const apply = (): Promise<string> =>
      said(
        operator.nodemend('apply', 'container-logs', '--nodes', node, '--yes', ...leasesElsewhere(fixture(), operator)),
      );

    test('seen before anything is written: refused, with the folder and how much is missing', async () => {
      await fixture().testbed.root(node, smallDisk);
      expect(await apply()).toMatch(/^8\n[^]*\/var\/lib\/nodemend[^]*\[NODE_NO_SPACE\]/);
      expect(await fixture().traces(node)).toBe(before);
    });

    test('seen in the middle of writing: undone', async () => {
      await fixture().testbed.root(node, fullDisk);
      // Refused where something else on the node took the last block before the lock.
      expect(await apply()).toMatch(/^[78]\n[^]*No space left on device[^]*\[NODE_WRITE_FAILED\]/);
      expect(await fixture().traces(node)).toBe(before);
    });

    test('with room again: done', async () => {
      expect(await apply()).toMatch(/^0\n/);
      expect(await fixture().traces(node)).toMatch(/^run \S+ kept$/m);
    });
  });
}
