import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { arbitraryConfiguration } from './testing/arbitrary-configuration.ts';
import { diskTree } from './testing/disk-tree.ts';
import { asReported, reportedBlocks } from './testing/logrotate-debug.ts';
import { localAccounts, ScratchConfiguration } from './testing/scratch-configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import { releaseOf, type Release } from './release.ts';

/** The real program; another release can be held against our reading by naming its binary. */
const program = process.env['NODEMEND_TEST_LOGROTATE'] ?? 'logrotate';
const runs = Number(process.env['NODEMEND_TEST_RUNS'] ?? 400);
const scratch = new ScratchConfiguration();
const tree = diskTree(localAccounts());

afterAll(() => scratch.remove());

test('we read any configuration as the installed logrotate does', () => {
  const release = installedRelease();
  fc.assert(
    fc.property(arbitraryConfiguration, (configuration) => {
      scratch.lay(configuration);

      const ours = readConfiguration(scratch.mainFile, tree, release);
      fc.pre(ours.unpredictable.length === 0);
      const real = run('-d', '-s', join(scratch.folder, 'state'), scratch.mainFile);

      expect(ours.blocks.map(asReported)).toEqual(reportedBlocks(real));
    }),
    { numRuns: runs },
  );
});

function installedRelease(): Release {
  const release = releaseOf(/logrotate (\S+)/.exec(run('--version'))?.[1] ?? '');
  if (release === undefined) throw new Error(`no version from ${program}`);
  return release;
}

function run(...args: readonly string[]): string {
  const cwd = join(scratch.folder, 'old');
  const result = spawnSync(program, args, { encoding: 'latin1', env: { LC_ALL: 'C', PATH: process.env['PATH'] }, cwd });
  if (result.error !== undefined) throw result.error;
  return result.stdout + result.stderr;
}
