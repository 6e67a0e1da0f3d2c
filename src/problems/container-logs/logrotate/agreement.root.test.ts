import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { arbitraryConfiguration } from '../testing/arbitrary-configuration.ts';
import { diskTree } from '../testing/disk-tree.ts';
import { reportedBlocks, type ReportedBlock } from '../testing/logrotate-debug.ts';
import { localAccounts, ScratchConfiguration } from '../testing/scratch-configuration.ts';
import type { Block } from './configuration.ts';
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

      expect(ours.blocks.map(asReported)).toEqual(reportedBlocks(real).map((block) => ({ ...block, logs: absolute(block.logs) })));
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

function asReported(block: Block): ReportedBlock {
  const { criterion, threshold, minSize, maxSize, ifEmpty, su } = block.settings;
  // Before 3.16 half a `su` is accepted, and then nothing can be done under it.
  const canAct = su === undefined || (su.user !== '' && su.group !== '');
  return {
    criterion: criterion === 'size' ? `size ${threshold}` : criterion,
    minSize,
    maxSize,
    emptyToo: ifEmpty,
    // A name that runs on over lines is cut by the report's own line ends.
    logs: canAct ? absolute(block.files.map((path) => path.split('\n')[0] ?? '')) : [],
  };
}

/** Names without a leading slash depend on the folder in which logrotate is started; no container log has one. */
function absolute(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.startsWith('/'));
}
