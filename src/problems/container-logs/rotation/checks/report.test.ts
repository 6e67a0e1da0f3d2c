import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeCheck } from '../../../../actions/action.ts';
import { logrotateAccepts } from './logrotate-accepts.ts';
import { complaintsOf, parseReport, withoutPlace } from './report.ts';
import { ruleCoversLogs } from './rule-covers-logs.ts';
import { ruleGone } from './rule-gone.ts';

const output = (stdout: string, exitCode = 0): Parameters<NodeCheck['judge']>[0] => ({ exitCode, stdout, stderr: '' });

describe.each([
  ['logrotate-accepts', logrotateAccepts],
  ['rule-covers-logs', ruleCoversLogs],
  ['rule-gone', ruleGone],
] as const)('%s', (_name, { judge, script }) => {
  const word = fc.constantFrom(
    'part before 0',
    'part after 0',
    'part alone 1',
    'part whole 0',
    'part first 0 no',
    'part second 0 no',
    'rotations 2',
    'keeps 2',
    'error: x',
    'warning: y',
    'considered a/a',
    'log a/a',
    'before 1 2',
    'after 1 2',
    'old 3 x',
    'files 2',
    'unable no-room',
    'Ignoring z',
    '',
  );

  test('never throws, says what it saw, and never says yes to an output that ended early', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string()), { maxLength: 12 }),
        fc.integer({ min: 0, max: 255 }),
        (lines, exitCode) => {
          const verdict = judge(output(lines.join('\n'), exitCode));
          expect(verdict.saw.length).toBeGreaterThan(0);
        },
      ),
    );
    expect(
      [
        judge(output('')),
        judge(output('', 137)),
        judge(output('part before 0\n')),
        judge(output('part whole 0\n')),
        judge(output('unable no-room\n')),
      ].map(({ ok }) => ok),
    ).toEqual([false, false, false, false, false]);
  });

  test('its script is one text for the shell', () => {
    expect(script.match(/^scratch=/gm)?.length).toBeGreaterThan(0);
  });
});

describe('logrotate-accepts', () => {
  const judged = (before: string, alone: string, after: string, code = 0): boolean =>
    logrotateAccepts.judge(output(`part before 0\n${before}part alone 0\n${alone}part after ${code}\n${after}`)).ok;

  test('minds only what is new', () => {
    const old = "error: shop:3 unknown option 'dayly' -- ignoring line\n";

    expect(judged(old, '', old)).toBe(true);
    expect(judged('', old, '')).toBe(false);
    expect(judged('', '', old)).toBe(false);
    // A file whose own faults were there before is taken with them.
    expect(judged(old, old.replace('shop:3', '/etc/logrotate.d/shop.nodemend-1~:3'), old)).toBe(true);
    expect(judged('', '', '', 1)).toBe(false);
    expect(judged('', 'warning: logrotate in debug mode does nothing except printing\n', '')).toBe(true);
    expect(judged('', 'Ignoring docker because of bad file mode.\n', '')).toBe(false);
  });

  test('any complaint that was not there before is a no', () => {
    const complaint = fc.stringMatching(/^(error|warning): [a-z]{1,8}:\d{1,3} [a-z ]{1,20}[a-z]$/);

    fc.assert(
      fc.property(fc.array(complaint, { maxLength: 4 }), complaint, (before, fresh) => {
        fc.pre(!before.map(withoutPlace).includes(withoutPlace(fresh)));
        const lines = before.map((line) => `${line}\n`).join('');

        expect(judged(lines, lines, lines)).toBe(true);
        expect(judged(lines, '', `${lines}${fresh}\n`)).toBe(false);
        expect(judged(lines, `${fresh}\n`, lines)).toBe(false);
      }),
    );
  });
});

describe('rule-covers-logs', () => {
  const verdictOf = (
    change: Partial<Record<'logs' | 'after' | 'old' | 'said' | 'rotations' | 'again', string>> = {},
  ): ReturnType<NodeCheck['judge']> => {
    const { logs = 'log a/a\nconsidered a/a\n', after = 'after 7 50\n', old = 'old 90 x.gz\n', said = '' } = change;
    const { rotations = 'keeps 3\nrotations 1\n', again = '' } = change;
    const first = `before 7 9000\npart first 0 no\n${said}${after}${old}`;
    return ruleCoversLogs.judge(output(`part whole 0\n${logs}${rotations}${first}${again}`));
  };
  const report = (change: Parameters<typeof verdictOf>[0] = {}): boolean => verdictOf(change).ok;

  test('it is rotated as often as it was to be, and the old logs are there', () => {
    const twice = 'keeps 3\nrotations 2\n';
    const second = 'before 7 9050\npart second 0 no\nafter 7 50\nold 90 x.gz\n';

    expect(report({ rotations: twice, again: `${second}old 90 y.gz\n` })).toBe(true);
    expect(verdictOf({ rotations: twice }).saw).toMatch(/ended before rotation 2 of the scratch log/);
    expect(verdictOf({ rotations: twice, again: second }).saw).toMatch(/rotation 2 .* 1 of 2 old logs are left/);
    expect(report({ rotations: twice.replace('3', '1'), again: second })).toBe(true);
    expect(verdictOf({ rotations: twice, again: second.replace('after 7 50', 'after 7 9100') }).saw).toMatch(
      /rotation 2 .* not emptied/,
    );
    expect(report({ rotations: '' })).toBe(false);
  });

  test('every log has to be looked at, and the scratch log emptied under its writer', () => {
    expect(report()).toBe(true);
    expect(report({ logs: 'log a/a\nlog b/b\nconsidered a/a\n' })).toBe(false);
    expect(
      report({
        logs: 'log a/a\nconsidered a/a\nerror: skipping "/x/a/a" because parent directory has insecure permissions\n',
      }),
    ).toBe(false);
    expect(report({ after: 'after 8 0\n' })).toBe(false);
    expect(report({ after: 'after 7 9050\n' })).toBe(false);
    expect(report({ after: 'after 7 0\n' })).toBe(false);
    expect(report({ after: 'after stat: no such file\n' })).toBe(false);
    expect(report({ old: '' })).toBe(false);
    expect(report({ old: 'old 0 x.gz\n' })).toBe(false);
    expect(report({ said: 'error: bad rotation count\n' })).toBe(false);
  });

  test('looked at or not: no log may be missing, whatever else is looked at', () => {
    const name = fc.stringMatching(/^[a-f0-9]{4}$/);

    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (logs, considered) => {
        const lines = [
          ...logs.map((log) => `log ${log}/${log}-json.log`),
          ...considered.map((log) => `considered ${log}/${log}-json.log`),
        ];
        expect(report({ logs: `${lines.join('\n')}\n` })).toBe(logs.every((log) => considered.includes(log)));
      }),
    );
  });
});

test('a report is taken apart by its parts', () => {
  const { parts, unable } = parseReport(
    output('noise\npart one 3 forced\nerror: a\n\nIgnoring b\npart two 0\nunable no-room\n'),
  );

  expect(parts.get('one')).toEqual({ exitCode: 3, note: 'forced', lines: ['error: a', 'Ignoring b'] });
  expect(complaintsOf(parts.get('one')!)).toEqual(['error: a', 'Ignoring b']);
  expect(unable).toBe('no-room');
});
