import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimedLog } from './growth.ts';
import { logRate } from './log-rates.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const hour = 3_600_000;
const log = (parts: Partial<TimedLog> = {}): TimedLog => ({
  path: '/l',
  writtenAt: now,
  size: 3600,
  allocated: 4096,
  first: now - hour,
  skipped: 0,
  last: now,
  inside: [],
  ...parts,
});

describe('bytes a second of one container', () => {
  test.each<[string, readonly TimedLog[], number, number]>([
    ['one file that is written to', [log()], 0, 1],
    ['lines before the first time do not count', [log({ skipped: 1800 })], 0, 0.5],
    [
      'a rotated file and the live one',
      [log({ first: now - 2 * hour, last: now - hour, size: 7200, allocated: 8192 }), log()],
      0,
      1.5,
    ],
    [
      'archives in between were not read',
      [log({ first: now - 9 * hour, last: now - 8 * hour, size: 7200, allocated: 8192 }), log()],
      0,
      1.5,
    ],
    [
      'a live log too small to be read: what it holds counts, and its time',
      [log({ first: now - 2 * hour, last: now - hour })],
      3600,
      1,
    ],
    ['at rest for as long as it was written', [log({ first: now - 2 * hour, last: now - hour })], 0, 0.5],
    ['a hole where it was emptied', [log({ size: 1e9 })], 0, 4096 / 3600],
    ['the clock of the line is a moment ahead', [log({ last: now + 1000, first: now + 1000 - hour })], 0, 1],
  ])('%s', (_name, files, fresh, rate) => {
    expect(logRate(files, now, fresh)).toMatchObject({ state: 'seen', rate: expect.closeTo(rate, 5) as number });
  });
});

test.each<[string, readonly TimedLog[], string]>([
  ['no time at the beginning', [log({ first: undefined })], 'no-time'],
  ['no time at the end', [log({ last: undefined })], 'no-time'],
  ['a clock that was set back', [log({ first: now, last: now - hour })], 'clock'],
  ['a clock that runs ahead', [log({ last: now + hour })], 'clock'],
  ['a clock that was never set', [log({ first: 12_000 })], 'clock'],
  ['one line', [log({ first: now - 1000, last: now - 1000 })], 'too-short'],
  ['a moment', [log({ first: now - 40_000 })], 'too-short'],
  ['written at once, and nothing since', [log({ first: now - 10 * hour - 5000, last: now - 10 * hour })], 'step'],
  ['nothing', [], 'too-short'],
])('%s tells nothing', (_name, files, reason) => {
  expect(logRate(files, now)).toEqual({ state: 'unknown', reason });
});

test('a steady writer is measured right, wherever its log was cut into files', () => {
  const cuts = fc.array(fc.integer({ min: 100_000, max: 10 * hour }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(cuts, fc.integer({ min: 1, max: 1_000_000 }), (spans, rate) => {
      let at = now - spans.reduce((sum, span) => sum + span, 0);
      const files = spans.map((span) => {
        const size = Math.round((rate * span) / 1000);
        const file = log({ first: at, last: at + span, size, allocated: size });
        at += span;
        return file;
      });
      const found = logRate(files, now);
      expect(found.state === 'seen' && found.rate / rate).toBeCloseTo(1, 1);
    }),
  );
});

test('a log at rest is never said to grow faster as time goes by', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (early, late) => {
      const rateAt = (ms: number): number => {
        const found = logRate([log()], now + ms);
        return found.state === 'seen' ? found.rate : Number.NaN;
      };
      // After fifty times as long it is not a rate any more.
      if (!Number.isNaN(rateAt(early + late))) expect(rateAt(early + late)).toBeLessThanOrEqual(rateAt(early));
    }),
  );
});
