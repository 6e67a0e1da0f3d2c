import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeFixtures } from '../testing/describe-fixtures.ts';
import { isAffected } from './affected-images.ts';
import { withoutProfiling } from './counters.ts';
import { diagnose } from './diagnose.ts';
import { problemId } from './meta.ts';
import { counters } from './testing/fixture.ts';
import { states } from './testing/fixture-states.ts';

describeFixtures(problemId, states, diagnose);

test.each([
  ['Rocky Linux 8.10 (Green Obsidian)', true],
  ['Rocky Linux 8.9 (Green Obsidian)', false],
  ['Rocky Linux 8.1 (Green Obsidian)', false],
  ['Rocky Linux 9.7 (Blue Onyx)', true],
  ['Rocky Linux 9.6 (Blue Onyx)', false],
  ['Rocky Linux 9.8 (Blue Onyx)', false],
  ['Ubuntu 22.04.5 LTS', true],
  ['Ubuntu 22.04.4 LTS', false],
  ['Ubuntu 22.04.50 LTS', false],
  ['Ubuntu 24.04.4 LTS', true],
  ['Ubuntu 24.04.3 LTS', false],
  ['Ubuntu 24.04.5 LTS', false],
  ['Debian GNU/Linux 12 (bookworm)', false],
  ['', false],
])('%s is an image with the trouble: %s', (system, expected) => expect(isAffected(system)).toBe(expected));

test('profiling counters become comments once, and nothing else changes', () => {
  const once = withoutProfiling(counters);

  expect(once.split('\n').filter((line) => /^[^#]*DCGM_FI_PROF/.test(line))).toEqual([]);
  expect(withoutProfiling(once)).toBe(once);
  const line = fc.constantFrom(
    'DCGM_FI_PROF_A, gauge, x.',
    '# DCGM_FI_PROF_B',
    '  DCGM_FI_PROF_C',
    'DCGM_FI_DEV_D',
    '',
    '\r',
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const edited = withoutProfiling(text);
      expect(withoutProfiling(edited)).toBe(edited);
      expect(edited.split('\n').map((one) => one.replace(/^# (?=[ \t]*DCGM_FI_PROF_[AC])/, ''))).toEqual(
        lines.length === 0 ? [''] : text.split('\n'),
      );
    }),
  );
});

test('sed, as the guide is known to use it, comments what is a comment already', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-counters-'));
  const file = join(folder, 'default-counters.csv');
  writeFileSync(file, counters);
  const texts = [1, 2].map(() => {
    execFileSync('sed', ['-i', '/DCGM_FI_PROF/s/^/#/', file]);
    return readFileSync(file, 'utf8');
  });
  rmSync(folder, { recursive: true });

  expect(texts[1]).not.toBe(texts[0]);
  expect(texts[1]).toContain('\n##DCGM_FI_PROF_GR_ENGINE_ACTIVE');
});
