import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readSchedule,
  requireScheduleName,
  scheduleSchema,
  scheduleText,
  shownCommand,
  type ScheduleRecord,
} from './schedule-record.ts';
import { parseResult, priorityOf, resultLine, verdictOf, type ScheduledResult } from './scheduled-result.ts';

const record: ScheduleRecord = {
  schema: scheduleSchema,
  name: 'night',
  kind: 'cron',
  installedAt: '2026-11-23T01:02:03.000Z',
  installedBy: 'kim@bastion',
  rhythm: { every: 'day', hour: 3, minute: 20 },
  command: ['apply', 'container-logs', '--via', 'ssh', '--approval', '/x/approval.json'],
  changes: true,
  environment: { HOME: '/root' },
  written: [{ what: 'crontab', sha256: 'a'.repeat(64) }],
};

test('a record is read as it was written', () => {
  expect(readSchedule(scheduleText(record), 'x')).toEqual(record);
  expect(shownCommand(record)).toEqual(['nodemend', 'apply', 'container-logs', '--via', 'ssh']);
  expect(shownCommand({ command: ['diagnose'], changes: false })).toEqual(['nodemend', 'diagnose']);
});

test('anything else is refused in our words', () => {
  const other = fc.oneof(
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.constant(JSON.stringify({ ...record, also: 1 })),
    fc.constant(JSON.stringify({ ...record, kind: 'at' })),
  );
  fc.assert(
    fc.property(other, (text) => {
      expect(() => readSchedule(text, 'x')).toThrow(expect.objectContaining({ code: 'SCHEDULE_INVALID', exitCode: 2 }));
    }),
  );
});

describe('a name', () => {
  test.each(['a', 'night', 'apply-container-logs', 'x1', 'a'.repeat(40)])('%s is one', (name) => {
    expect(requireScheduleName(name)).toBe(name);
  });

  test.each(['', 'Night', 'a.b', '../x', 'a/b', '-a', 'a-', 'a b', 'a'.repeat(41), 'a\n', '밤'])(
    '%j is none',
    (name) => {
      expect(() => requireScheduleName(name)).toThrow(
        expect.objectContaining({ code: 'SCHEDULE_NAME_INVALID', exitCode: 2 }),
      );
    },
  );
});

describe('a result', () => {
  const result: ScheduledResult = {
    schedule: 'night',
    startedAt: '2026-11-23T03:20:00.000Z',
    endedAt: '2026-11-23T03:20:42.400Z',
    exitCode: 0,
    verdict: 'done',
    run: '20261123-0320-container-logs-ab12',
  };

  test('is one line for the journal, with its run', () => {
    expect(resultLine(result)).toBe(
      'nodemend schedule=night verdict=done exit=0 run=20261123-0320-container-logs-ab12 seconds=42',
    );
    const { run: _run, ...nothing } = result;
    expect(
      resultLine({ ...nothing, exitCode: 8, verdict: verdictOf(8), error: 'APPROVAL_EXCEEDED', onFailure: 'called' }),
    ).toBe('nodemend schedule=night verdict=refused exit=8 run=- seconds=42 error=APPROVAL_EXCEEDED on-failure=called');
  });

  test('is as urgent as what happened', () => {
    const { run: _run, ...nothing } = result;
    expect(priorityOf(nothing)).toBe(6);
    expect(priorityOf(result)).toBe(5);
    expect([3, 4].map((exitCode) => priorityOf({ ...result, exitCode }))).toEqual([4, 4]);
    expect([1, 2, 5, 6, 7, 8, 130, 137].map((exitCode) => priorityOf({ ...result, exitCode }))).toEqual(
      Array(8).fill(3),
    );
    expect(verdictOf(137)).toBe('died');
  });

  test('is read as it was written, and what is damaged is none', () => {
    expect(parseResult(JSON.stringify(result))).toEqual(result);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseResult(text)).toBeUndefined();
      }),
    );
  });
});
