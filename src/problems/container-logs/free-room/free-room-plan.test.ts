import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogSpaceAction } from '../../../actions/log-space/log-space-action.ts';
import { containerLogs } from '../problem.ts';
import type { ProblemPlan } from '../../problem.ts';
import { evidenceOf } from '../testing/fixture.ts';
import { id, node, section } from '../testing/node.ts';

const mebibyte = 1024 ** 2;
const now = 1_795_724_788;
const folder = (digit: number): string => `/var/lib/docker/containers/${id(digit)}/${id(digit)}-json.log`;

interface Log {
  readonly path: string;
  readonly megabytes: number;
  readonly isOpen?: boolean;
  readonly age?: number;
}

/** A docker node with a disk of 1,000 MiB. */
function planOf(
  freeMegabytes: number,
  logs: readonly Log[],
  remedies: readonly string[],
): ProblemPlan & { readonly freed: readonly LogSpaceAction[] } {
  const disk = (path: string): string => `disk 1048576 1000 ${freeMegabytes} ${freeMegabytes} 5000 4000 abc ${path}\n`;
  const lines = logs.map(
    ({ path, megabytes, isOpen = false, age = 86_400 }, index) =>
      `log ${isOpen ? 'open' : 'closed'} ${megabytes * 2048} 81a0 0 0 1 7 ${index + 1} ${now - age} ${megabytes * mebibyte} ${path}\n`,
  );
  const freeRoom = `now ${now}\n${disk('/var/lib/docker/containers')}${disk('/var/lib')}${lines.join('')}`;
  const evidence = evidenceOf([node({ sections: { 'container-logs/free-room': section(freeRoom) } })]);
  const plan = containerLogs.plan({
    evidence,
    findings: containerLogs.diagnose(evidence),
    remedies: new Set(remedies),
  });
  return { ...plan, freed: plan.actions.filter((action) => action.kind === 'log-space') };
}

const old = (number: number, megabytes: number, suffix = ''): Log => ({
  path: `${folder(1)}.${number}${suffix}`,
  megabytes,
  age: number * 86_400,
});
const live: Log = { path: folder(1), megabytes: 300, isOpen: true };
const dead: Log = { path: folder(2), megabytes: 200 };

describe('nothing is freed that was not asked for', () => {
  test('the three steps are named with their bytes, in order', () => {
    const { freed, refused } = planOf(50, [old(1, 100), dead, live], []);

    expect(freed).toEqual([]);
    expect(refused).toMatchObject([
      {
        key: 'refused.room-not-asked',
        params: { rotatedBytes: 100 * mebibyte, deadBytes: 200 * mebibyte, liveBytes: 300 * mebibyte },
      },
    ]);
  });

  test('a step that would free nothing says so', () => {
    expect(planOf(50, [live], ['free-rotated-logs']).refused).toMatchObject([{ key: 'refused.room-not-there' }]);
  });

  test('with room nothing is planned at all, and whoever asked for it is told why', () => {
    expect(planOf(400, [old(1, 100), live], ['free-rotated-logs', 'truncate-live-logs'])).toMatchObject({
      freed: [],
      refused: [{ key: 'refused.room-enough', optional: true }],
    });
    expect(planOf(400, [old(1, 100), live], [])).toMatchObject({ freed: [], refused: [] });
  });
});

describe('what was asked for', () => {
  const kinds = ({ freed }: { readonly freed: readonly LogSpaceAction[] }): readonly string[] =>
    freed.map(({ path, log, keep, disrupts }) => `${path.slice(-2)} ${log} ${keep} ${disrupts ?? '-'}`);

  test('the oldest rotated log goes first, and no more than is needed', () => {
    // 16 % are kubelet's first line, 5 % the margin: 210 MiB.
    expect(kinds(planOf(100, [old(1, 100), old(2, 100), old(3, 100), live], ['free-rotated-logs']))).toEqual([
      '.3 rotated always -',
      '.2 rotated always -',
    ]);
  });

  test('rotated, then dead, then live, whatever the order on the command line', () => {
    expect(
      kinds(planOf(100, [old(1, 20), dead, live], ['truncate-live-logs', 'free-dead-logs', 'free-rotated-logs'])).map(
        (kind) => kind.split(' ')[1],
      ),
    ).toEqual(['rotated', 'dead']);
    expect(
      kinds(
        planOf(
          60,
          [old(1, 20), { ...dead, megabytes: 40 }, live],
          ['truncate-live-logs', 'free-dead-logs', 'free-rotated-logs'],
        ),
      ).map((kind) => kind.split(' ')[1]),
    ).toEqual(['rotated', 'dead', 'live']);
  });

  test('what cannot be undone needs its name', () => {
    expect(kinds(planOf(100, [old(1, 400, '.gz')], ['free-rotated-logs']))).toEqual(['gz rotated never discard']);
    expect(kinds(planOf(10, [old(1, 400)], ['free-rotated-logs']))).toEqual(['.1 rotated when-it-fits discard']);
    expect(kinds(planOf(140, [live], ['truncate-live-logs']))).toEqual(['og live always discard']);
  });

  test('what is still missing is said', () => {
    expect(planOf(100, [old(1, 60)], ['free-rotated-logs'])).toMatchObject({
      refused: [{ key: 'refused.room-short', params: { missingBytes: expect.any(Number) } }],
    });
  });

  test('one plan frees fifty logs at most', () => {
    const many = Array.from({ length: 120 }, (_, index) => old(index + 1, 1));
    expect(planOf(20, many, ['free-rotated-logs']).freed).toHaveLength(50);
  });

  test('never twice, never what was not asked for, never more than one too many, and the same again', () => {
    const anyLog = fc.record({
      digit: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom('', '.1', '.2.gz', '-20261124'),
      megabytes: fc.integer({ min: 1, max: 200 }),
      isOpen: fc.boolean(),
      age: fc.integer({ min: 0, max: 1_000_000 }),
    });
    const logs = fc
      .uniqueArray(anyLog, { selector: ({ digit, kind }) => `${digit}${kind}` })
      .map((all) => all.map(({ digit, kind, ...rest }) => ({ ...rest, path: folder(digit) + kind })));
    const asked = fc.subarray(['free-rotated-logs', 'free-dead-logs', 'truncate-live-logs']);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), logs, asked, (free, some, remedies) => {
        const { freed, actions } = planOf(free, some, remedies);
        const wanted = { rotated: 'free-rotated-logs', dead: 'free-dead-logs', live: 'truncate-live-logs' } as const;

        expect(new Set(freed.map(({ path }) => path)).size).toBe(freed.length);
        expect(freed.filter(({ log }) => !remedies.includes(wanted[log]))).toEqual([]);
        expect(
          freed.filter(({ log, keep, disrupts }) => (log === 'live' || keep !== 'always') !== (disrupts === 'discard')),
        ).toEqual([]);
        const allButLast = freed
          .slice(0, -1)
          .reduce((sum, { was, keep }) => sum + was.allocated - (keep === 'never' ? 0 : Math.ceil(was.size / 4)), 0);
        if (freed.length > 0) expect(free * mebibyte + allButLast).toBeLessThan(210 * mebibyte);
        expect(planOf(free, some, remedies).actions).toEqual(actions);
      }),
      { numRuns: 60 },
    );
  });
});
