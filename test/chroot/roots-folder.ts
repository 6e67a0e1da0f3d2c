import { readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Tools, runtimes and images of the largest file of tests, twice over. */
const room = 2 * 1024 ** 3;

/**
 * Where the roots of nodes and the folders of journals lie that a test makes: in memory where the machine lets programs
 * and devices be there. nodemend flushes all that it writes, and a disk takes some milliseconds each time, which were
 * most of what the tests waited for.
 */
export const rootsFolder = inMemory() ?? tmpdir();

function inMemory(folder = '/dev/shm'): string | undefined {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [, , kind, options = ''] = mounts.findLast((line) => line.split(' ')[1] === folder)?.split(' ') ?? [];
  if (kind !== 'tmpfs' || ['ro', 'noexec', 'nodev'].some((one) => options.split(',').includes(one))) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > room ? folder : undefined;
}
