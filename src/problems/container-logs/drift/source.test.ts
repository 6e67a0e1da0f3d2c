import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../../test/runs.ts';
import { languages } from '../../../locales/language.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { SourceReading } from '../../kit/synchronise.ts';
import { builtInSettings } from '../../../logrotate/settings.ts';
import { ruleText } from '../rotation/rule-text.ts';
import { containerLogs } from '../problem.ts';
import { goodRule } from '../testing/node.ts';
import { guideRule } from '../testing/guide-rule.ts';
import { refusePath } from './source-path.ts';
import { readSource } from './source.ts';

const read = (content: string | Uint8Array): SourceReading =>
  readSource(typeof content === 'string' ? Buffer.from(content, 'utf8') : content, {
    name: 'my.conf',
    path: '/etc/logrotate.d/docker',
  });
const told = (reading: SourceReading): string =>
  reading.state === 'refused'
    ? reading.reason.key
    : `accepted ${reading.source.cautions.map(({ key }) => key).join()}`.trim();

test.each([
  ['the guide’s rule', guideRule, 'accepted'],
  ['nodemend’s own rule', ruleText('/var/lib/docker', { inherited: builtInSettings, su: false }) ?? '', 'accepted'],
  ['one for another data folder', goodRule.replace('/var/lib', '/data'), 'accepted'],
  ['one for both', goodRule + goodRule.replace('/var/lib', '/data'), 'accepted'],
  ['comments in another language', `# 컨테이너 로그\n${goodRule}`, 'accepted'],
  ['a folder that only the node can know', goodRule.replace('daily', 'olddir /var/old\n daily'), 'accepted'],
  ['a user that only the node can know', goodRule.replace('daily', 'create 0640 root adm\n daily'), 'accepted'],
  [
    'a rule that its author should know better',
    goodRule.replace('daily', 'weekly'),
    'accepted findings.rule-too-rare.weekly',
  ],
  ['one that keeps nothing', goodRule.replace('rotate 3', 'rotate 0'), 'accepted findings.rule-loses-logs.rotate-zero'],
])('accepted: %s', (_name, content, expected) => {
  expect(told(read(content))).toBe(expected);
});

test.each<[string, string | Uint8Array, string]>([
  ['nothing', '', 'source.empty'],
  ['nothing but blanks', ' \n\t\n', 'source.empty'],
  ['comments alone', '# to do\n', 'source.no-rule'],
  ['too much', `${goodRule}${'# x\n'.repeat(20_000)}`, 'source.too-large'],
  ['a program', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]), 'source.not-text'],
  ['Latin-1', Uint8Array.from([...Buffer.from(`# caf`), 0xe9, 10]), 'source.not-text'],
  ['a NUL', `${goodRule}\0`, 'source.not-text'],
  ['a byte order mark', `\ufeff${goodRule}`, 'source.byte-order-mark'],
  ['Windows', goodRule.replaceAll('\n', '\r\n'), 'source.line-ends'],
  ['an old Mac', goodRule.replaceAll('\n', '\r'), 'source.line-ends'],
  ['a rule on other logs', '/var/log/nginx/*.log {\n  daily\n}\n', 'source.no-rule'],
  ['other logs beside', `${goodRule}/var/log/nginx/*.log {\n  daily\n}\n`, 'source.other-logs'],
  ['other logs in the same rule', goodRule.replace(' {', ' /var/log/nginx/*.log {'), 'source.other-logs'],
  ['a setting for every file after it', `compress\n${goodRule}`, 'source.other-logs'],
  [
    'links',
    goodRule.replace('/var/lib/docker/containers/*/*-json.log', '/var/log/containers/*.log'),
    'findings.rule-does-not-cover.links',
  ],
  [
    'kubelet’s own logs',
    goodRule.replace('/var/lib/docker/containers/*/*-json.log', '/var/log/pods/*/*/*.log'),
    'findings.rule-does-not-cover.links',
  ],
  ['one container', goodRule.replace('/*/', '/0123*/'), 'findings.rule-does-not-cover.pattern'],
  ['a pattern of the wrong depth', goodRule.replace('/*/', '/'), 'findings.rule-does-not-cover.pattern'],
  ['a wrong unit', goodRule.replace('daily', 'maxsize 100m'), 'findings.rule-broken.bad-value'],
  ['an unknown word', goodRule.replace('daily', 'maxsizee 100M'), 'findings.rule-has-errors.unknown-directive'],
  [
    'a misspelt word that the rule cannot do without',
    goodRule.replace('copytruncate', 'copytruncat'),
    'source.complaint',
  ],
  ['a missing brace', goodRule.replace('\n}\n', '\n'), 'findings.rule-has-errors.unclosed'],
  ['a brace too many', `${goodRule}}\n`, 'source.complaint'],
  ['no opening brace', goodRule.replace(' {', ''), 'findings.rule-broken.unexpected-closing-brace'],
  ['an include', `${goodRule}include /etc/elsewhere\n`, 'source.include'],
  ['an include within a rule', goodRule.replace('daily', 'include /etc/elsewhere'), 'source.include'],
  ['the folder that it stands in', `${goodRule}include /etc/logrotate.d\n`, 'findings.rule-duplicate.second-rule'],
  [
    'a script without an end',
    goodRule.replace('daily', 'postrotate\n echo'),
    'findings.rule-broken.script-without-end',
  ],
  ['a rule that renames', goodRule.replace('copytruncate', 'create'), 'findings.rule-unsafe.renames'],
  ['a rule that empties docker’s own files', goodRule.replace('*-json.log', '*'), 'findings.rule-unsafe.other-files'],
  [
    'a rule that waits for ever',
    goodRule.replace('daily', 'daily\n minage 3'),
    'findings.rule-never-rotates.minimum-age',
  ],
  ['another user', goodRule.replace('daily', 'daily\n su nobody nogroup'), 'findings.rule-never-rotates.other-user'],
  ['the same rule twice', goodRule + goodRule, 'findings.rule-duplicate.second-rule'],
])('refused: %s', (_name, content, expected) => {
  const reading = read(content);

  expect(told(reading)).toBe(expected);
  for (const language of languages) {
    const { text, has } = createTranslator(language, containerLogs.texts[language]);
    const words = reading.state === 'refused' ? [reading.reason, reading.next] : [];
    expect(words.map(({ key }) => has(key))).toEqual([true, true]);
    expect(words.map(({ key, params }) => text(key, params)).join(' ')).not.toMatch(/\{\{|etc\/logrotate\.d\/docker/);
  }
});

test('any bytes are read without an exception, and what is accepted covers a container’s log', () => {
  const parts = fc.array(
    fc.constantFrom(
      '/var/lib/docker/containers/*/*.log',
      ' {\n',
      '}\n',
      'copytruncate\n',
      'daily\n',
      'rotate 2\n',
      '#',
      '\r',
      '"',
      'size x\n',
    ),
    { maxLength: 8 },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    parts.map((all) => Buffer.from(all.join(''))),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      const reading = read(content);
      if (reading.state === 'accepted')
        expect(reading.source.content).toMatch(/containers[^]*\{[^]*copytruncate[^]*\}/);
    }),
    { numRuns: runs(1000) },
  );
});

describe('where the file may stand', () => {
  test.each(['/etc/logrotate.d/docker', '/etc/logrotate.d/container-logs', '/etc/logrotate.d/nks.conf'])(
    '%s',
    (path) => {
      expect(refusePath(path)).toBeUndefined();
    },
  );

  test.each([
    ['docker', 'path.folder'],
    ['/etc/docker', 'path.folder'],
    ['/etc/logrotate.d/a/b', 'path.folder'],
    ['/etc/logrotate.d/../passwd', 'path.folder'],
    ['/etc/logrotate.conf', 'path.folder'],
    ['/etc/logrotate.d/', 'path.name'],
    ['/etc/logrotate.d/..', 'path.name'],
    ['/etc/logrotate.d/.docker', 'path.name'],
    ['/etc/logrotate.d/a b', 'path.name'],
    [`/etc/logrotate.d/${'x'.repeat(101)}`, 'path.name'],
    ['/etc/logrotate.d/docker.bak', 'path.ignored'],
    ['/etc/logrotate.d/docker.rpmsave', 'path.ignored'],
  ])('not %s', (path, key) => {
    expect(refusePath(path)?.key).toBe(key);
  });
});
