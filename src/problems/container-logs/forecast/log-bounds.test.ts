import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInSettings, type Settings } from '../../../logrotate/settings.ts';
import { boundOfFiles, dockerBound, ruleBound } from './log-bounds.ts';

const mb = 1e6;
const day = 86_400;
/** nodemend's own rule. */
const rule = (parts: Partial<Settings> = {}): Settings => ({
  ...builtInSettings,
  criterion: 'daily',
  maxSize: 100 * 1024 ** 2,
  rotateCount: 5,
  copyTruncate: true,
  compress: true,
  ...parts,
});

describe('the most that a container’s logs take', () => {
  test.each<[string, number, number]>([
    ['kubelet: the live file is one of them', boundOfFiles(10 * mb, 5)(1e9), 50 * mb],
    ['docker: max-size and max-file', dockerBound({ maxSize: '10m', maxFiles: '3' })(1e9), 30 * mb],
    ['docker: one file without max-file', dockerBound({ maxSize: '2.5g', maxFiles: undefined })(1), 2500 * mb],
    [
      'docker: what is not a size is not a limit',
      dockerBound({ maxSize: '-1', maxFiles: '3' })(1),
      Number.POSITIVE_INFINITY,
    ],
    [
      'docker: nothing is not a limit',
      dockerBound({ maxSize: undefined, maxFiles: undefined })(1),
      Number.POSITIVE_INFINITY,
    ],
    ['a rule, daily: the log of a day, its copy, five archives as large', ruleBound(rule(), 1, 0)(mb), 7 * day * mb],
    ['archives are as large as the largest was', ruleBound(rule(), 1, 10 * mb)(mb), 2 * day * mb + 5 * 10 * mb],
    ['an archive is never larger than the log', ruleBound(rule(), 1, 1e15)(mb), 7 * day * mb],
    ['without compression', ruleBound(rule({ compress: false }), 1, 10 * mb)(mb), 7 * day * mb],
    ['hourly runs', ruleBound(rule({ criterion: 'hourly' }), 1 / 24, 0)(mb), (7 * day * mb) / 24],
    ['weekly: seven days', ruleBound(rule({ criterion: 'weekly', maxSize: 0 }), 1, 0)(mb), 7 * 7 * day * mb],
    [
      'weekly with maxsize: one day and what a run leaves',
      ruleBound(rule({ criterion: 'weekly' }), 1, 0)(mb),
      7 * (day * mb + 100 * 1024 ** 2),
    ],
    [
      'by size: it may have been just below',
      ruleBound(rule({ criterion: 'size', threshold: 100 * mb, maxSize: 0 }), 1, 0)(mb),
      7 * (day * mb + 100 * mb),
    ],
    ['keeps none', ruleBound(rule({ rotateCount: 0 }), 1, 0)(mb), 2 * day * mb],
    ['keeps all', ruleBound(rule({ rotateCount: -1 }), 1, 0)(mb), Number.POSITIVE_INFINITY],
    ['keeps all of ten days', ruleBound(rule({ rotateCount: -1, maxAge: 10 }), 1, 0)(mb), 12 * day * mb],
    ['nothing starts logrotate', ruleBound(rule(), Number.POSITIVE_INFINITY, 0)(mb), Number.POSITIVE_INFINITY],
  ])('%s', (_name, bound, expected) => {
    expect(bound).toBeCloseTo(expected, 0);
  });
});

test('who writes more, or is rotated more rarely, never has the smaller bound', () => {
  const settings = fc.record({
    criterion: fc.constantFrom('hourly', 'daily', 'weekly', 'monthly', 'yearly', 'size'),
    maxSize: fc.constantFrom(0, 100 * mb),
    rotateCount: fc.integer({ min: 0, max: 20 }),
    compress: fc.boolean(),
    copyTruncate: fc.boolean(),
  });
  const rate = fc.nat(1e9);
  fc.assert(
    fc.property(
      settings,
      rate,
      rate,
      fc.constantFrom(1 / 24, 1, 7),
      fc.nat(1e9),
      (parts, slow, more, days, archive) => {
        const all = rule(parts);
        expect(ruleBound(all, days, archive)(slow + more)).toBeGreaterThanOrEqual(
          ruleBound(all, days, archive)(slow) * (1 - 1e-9),
        );
        expect(ruleBound(all, days * 2, archive)(slow)).toBeGreaterThanOrEqual(
          ruleBound(all, days, archive)(slow) * (1 - 1e-9),
        );
      },
    ),
  );
});
