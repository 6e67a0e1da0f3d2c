import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { arbitraryConfiguration, type TriedConfiguration } from './testing/arbitrary-configuration.ts';
import { reportedBlocks, type ReportedBlock } from './testing/logrotate-debug.ts';
import { memoryFolder } from './testing/scratch-layout.ts';
import { ScratchConfiguration } from './testing/scratch-configuration.ts';
import { recordings, recordingsFile, type Recording } from './testing/release-recordings.ts';

/**
 * Records what several releases of logrotate make of the same configurations, for `releases.test.ts`. Their programs
 * are not here: NODEMEND_RECORD_RELEASES names a folder that holds them, called by their versions. Without it the
 * installed release is held against what was recorded of it.
 */
const programs = process.env['NODEMEND_RECORD_RELEASES'];
const scratch = new ScratchConfiguration();

afterAll(() => scratch.remove());

test('the recording of the installed release is what it says today', () => {
  if (programs !== undefined) record(programs);
  const version = /logrotate (\S+)/.exec(run('logrotate', '--version'))?.[1] ?? '';
  const recorded = recordings().filter(({ byRelease }) => version in byRelease);

  for (const { configuration, byRelease } of recorded)
    expect(reported('logrotate', configuration)).toEqual(byRelease[version]);
  expect(recordings().length).toBeGreaterThan(50);
});

/** Configurations on which releases differ, the shortest first, and some on which they agree. */
function record(folder: string): void {
  const versions = readdirSync(folder);
  const tried = fc.sample(arbitraryConfiguration, { numRuns: 4000, seed: 20261124 }).map((configuration) => {
    const byRelease = versions.map((version) => [version, reported(join(folder, version), configuration)] as const);
    return { configuration, byRelease: Object.fromEntries(byRelease) };
  });
  const sorted = tried.toSorted((a, b) => length(a) - length(b));
  const differing = [
    ...Map.groupBy(
      sorted.filter((one) => outcomes(one) > 1),
      pattern,
    ).values(),
  ].flatMap((group) => group.slice(0, 3));
  const agreed = sorted.filter((one) => outcomes(one) === 1).filter((_, index) => index % 100 === 0);
  mkdirSync(join(recordingsFile, '..'), { recursive: true });
  writeFileSync(recordingsFile, `[\n${[...differing, ...agreed].map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
}

function length({ configuration }: Recording): number {
  return JSON.stringify(configuration).length;
}

function outcomes({ byRelease }: Recording): number {
  return new Set(Object.values(byRelease).map((blocks) => JSON.stringify(blocks))).size;
}

/** Which releases agree with which. */
function pattern({ byRelease }: Recording): string {
  const texts = Object.values(byRelease).map((blocks) => JSON.stringify(blocks));
  return texts.map((text) => texts.indexOf(text)).join();
}

function reported(program: string, configuration: TriedConfiguration): readonly ReportedBlock[] {
  scratch.lay(configuration);
  const report = run(program, '-d', '-s', join(scratch.folder, 'state'), scratch.mainFile);
  return reportedBlocks(report.replaceAll(scratch.folder, memoryFolder));
}

function run(program: string, ...args: readonly string[]): string {
  const cwd = join(scratch.folder, 'old');
  const { stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'latin1',
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    cwd,
  });
  if (error !== undefined) throw error;
  return stdout + stderr;
}
