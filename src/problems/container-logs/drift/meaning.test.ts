import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../../test/runs.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { Settings } from '../../../logrotate/settings.ts';
import { readConfiguration } from '../../../logrotate/read-configuration.ts';
import { arbitraryConfiguration } from '../../../logrotate/testing/arbitrary-configuration.ts';
import { memoryTree } from '../../../logrotate/testing/memory-tree.ts';
import { containerLogs } from '../problem.ts';
import { meaningChanges } from './meaning-changes.ts';
import { meaningOf } from './meaning.ts';
import { newestRelease } from './newest-release.ts';

const english = createTranslator('en', containerLogs.texts.en);
const told = (from: string, to: string): readonly string[] =>
  meaningChanges(meaningOf(from), meaningOf(to)).map(({ key, params }) => english.text(key, params));
const rule = (...lines: readonly string[]): string =>
  `/var/lib/docker/containers/*/*.log {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

describe('what is said of a difference', () => {
  test.each<[string, string, readonly string[]]>([
    [rule('rotate 10'), rule('rotate 5'), ['rotate 10 → 5']],
    [rule('rotate 5'), rule('rotate 5', 'copytruncate'), ['copytruncate added']],
    [rule('rotate 5', 'copytruncate'), rule('rotate 5'), ['copytruncate removed']],
    [rule('compress'), rule('nocompress'), ['compress → nocompress']],
    [rule('weekly'), rule('size 100M'), ['weekly → size 100M']],
    [rule('size 10M'), rule('size 100M'), ['size 10M → 100M']],
    [rule('renamecopy'), rule('copytruncate'), ['copytruncate added', 'renamecopy removed']],
    [
      rule('daily'),
      rule('daily').replace('*.log', '*-json.log'),
      ['pattern /var/lib/docker/containers/*/*.log → /var/lib/docker/containers/*/*-json.log'],
    ],
    [rule('daily'), `${rule('daily')}/var/log/x.log {\n}\n`, ['a rule on /var/log/x.log added']],
    [
      `${rule('daily')}/var/log/x.log {\n}\n`,
      `${rule('weekly')}/var/log/x.log {\n}\n`,
      ['in the rule on /var/lib/docker/containers/*/*.log:', 'daily → weekly'],
    ],
    [
      rule('daily'),
      `compress\n${rule('daily')}`,
      ['compress added', 'outside the rules, also for files read later: compress added'],
    ],
    [rule('maxsizee 5'), rule('maxsize 5'), ['maxsize 5 added', 'no longer a fault (unknown-directive: maxsizee)']],
    [
      rule('postrotate', 'echo a', 'endscript'),
      rule('postrotate', 'echo b', 'endscript'),
      ['postrotate echo a → echo b'],
    ],
    [rule('dateformat -%Y'), rule('dateformat -%Y-\xc3\xa0'), ['dateformat -%Y → -%Y-à']],
  ])('%#', (from, to, expected) => {
    expect(told(from, to)).toEqual(expected);
  });

  test.each([
    [rule('rotate 5', 'daily'), rule('daily', 'rotate 5')],
    [rule('maxsize 1M'), rule('maxsize=1024k')],
    [rule('rotate 010'), rule('rotate 8')],
    [rule('daily', '# why'), `# written by hand\n\n${rule('daily').replaceAll('  ', '\t')}`],
    [rule('weekly', 'rotate 2', 'daily'), rule('rotate 2', 'daily')],
    [rule('daily'), rule('daily').replace(/^\S+/, '"$&"')],
  ])('other bytes with the same meaning: %#', (a, b) => {
    expect(told(a, b)).toEqual([]);
  });
});

const texts = arbitraryConfiguration.map(({ main, files }) =>
  [main, ...files.map(({ content }) => content)].join('\n').replaceAll('@', '/s'),
);

test('nothing changes exactly when the meaning is the same, and never between equal texts', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const [left, right] = [meaningOf(a), meaningOf(b)];
      expect(meaningChanges(left, meaningOf(a))).toEqual([]);
      expect(meaningChanges(left, right).length === 0).toBe(comparable(left) === comparable(right));
      expect(meaningChanges(left, right).length === 0).toBe(meaningChanges(right, left).length === 0);
    }),
    { numRuns: 400 },
  );
});

function comparable({ rules, outside, faults }: ReturnType<typeof meaningOf>): string {
  const canonical = (directives: typeof outside): unknown =>
    [...directives].map(([matter, one]) => [matter, one.canonical]).toSorted();
  // The order of rules on different logs decides nothing.
  const all = rules
    .map(({ patterns, directives }) => [patterns.join(' '), canonical(directives)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return JSON.stringify([all, canonical(outside), [...faults].toSorted()]);
}

/** Two surroundings that have nothing in common: what a rule does not say itself differs between them. */
const surroundings = [
  '',
  'yearly\nminsize 7\nmaxsize 8\nrotate 9\nminage 10\nmaxage 11\ncompress\ndelaycompress\ncopy\ncreate\n' +
    'dateext\nnotifempty\nmissingok\nextension .e\n',
];

/** A size that does not decide is not part of what a rule does. */
function settingsOf(text: string, around: string): readonly unknown[] {
  const tree = memoryTree({ '/main': { content: `${around}include /d\n` }, '/d/': {}, '/d/rule': { content: text } });
  const { blocks } = readConfiguration('/main', tree, newestRelease);
  return blocks.map(({ patterns, settings }) => [
    patterns.toSorted(),
    { ...settings, threshold: settings.criterion === 'size' ? settings.threshold : 0 } satisfies Settings,
  ]);
}

test('rules that mean the same are the same to logrotate, whatever stands around them', () => {
  const line = fc.constantFrom(
    'daily',
    'weekly',
    'size 1M',
    'size 1024k',
    'rotate 4',
    'rotate 04',
    'rotate 5',
    'maxsize 1k',
    'maxsize 1024',
    'minsize 1k',
    'copytruncate',
    'nocopytruncate',
    'renamecopy',
    'norenamecopy',
    'copy',
    'nocopy',
    'compress',
    'nocompress',
    'missingok',
    'nomissingok',
    'ifempty',
    'notifempty',
    'olddir /old',
    'noolddir',
    'mail a',
    'nomail',
    'create',
    'create 0644',
    'nocreate',
    'dateext',
    'nodateext',
    'minage 1',
    'maxage 1',
    'extension .x',
    '# note',
    '',
  );
  const body = fc.array(line, { maxLength: 4 });
  const pair = fc.oneof(
    fc.tuple(body, body),
    body.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: Math.max(0, lines.length - 1) })),
    ),
  );
  let equal = 0;
  fc.assert(
    fc.property(pair, ([a, b]) => {
      if (meaningChanges(meaningOf(rule(...a)), meaningOf(rule(...b))).length > 0) return;
      equal += 1;
      for (const around of surroundings) expect(settingsOf(rule(...a), around)).toEqual(settingsOf(rule(...b), around));
    }),
    { numRuns: runs(3000) },
  );
  expect(equal).toBeGreaterThan(runs(300));
});
