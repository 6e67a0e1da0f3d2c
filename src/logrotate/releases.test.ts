import { describe, expect, test } from 'vitest';
import { asReported } from './testing/logrotate-debug.ts';
import { recordings } from './testing/release-recordings.ts';
import { memoryFolder, scratchTree } from './testing/scratch-layout.ts';
import { readConfiguration } from './read-configuration.ts';
import { releaseOf } from './release.ts';

const recorded = recordings();
const versions = [...new Set(recorded.flatMap(({ byRelease }) => Object.keys(byRelease)))];

/** See fixtures/releases/README.md for where the recordings come from. */
describe.each(versions)('logrotate %s', (version) => {
  test('is read as it reads itself', () => {
    const release = releaseOf(version)!;
    const told = recorded.map(({ configuration }) =>
      readConfiguration(`${memoryFolder}/logrotate.conf`, scratchTree(configuration), release),
    );
    const predictable = told
      .map((one, index) => ({ one, real: recorded[index]!.byRelease[version] }))
      .filter(({ one }) => one.unpredictable.length === 0);

    expect(predictable.length).toBeGreaterThan(50);
    for (const { one, real } of predictable) expect(one.blocks.map(asReported)).toEqual(real);
  });
});

test('the recordings are of releases from the oldest to the newest that nodes run, and these differ', () => {
  const differing = recorded.filter(
    ({ byRelease }) => new Set(Object.values(byRelease).map((blocks) => JSON.stringify(blocks))).size > 1,
  );

  expect(versions.toSorted()).toEqual(['3.11.0', '3.14.0', '3.18.0', '3.21.0', '3.22.0', '3.8.6']);
  expect(differing.length).toBeGreaterThan(20);
});

test('a version that is none is not a release', () => {
  expect(['', 'abc', 'v3', '3'].map(releaseOf)).toEqual([undefined, undefined, undefined, undefined]);
  expect(releaseOf('3.22')?.tabooEndings).toContain('.orig');
});
