import { describe, expect, test } from 'vitest';
import { createTranslator } from '../../locales/translator.ts';
import type { Finding } from '../problem.ts';
import { diagnose } from './diagnose.ts';
import type { ComplaintCode } from '../../logrotate/configuration.ts';
import { containerLogs } from './problem.ts';
import {
  containerLines,
  driverLines,
  file,
  goodRule,
  id,
  mainText,
  node,
  section,
  twoContainers,
  type NodeParts,
} from './testing/node.ts';
import { evidenceOf } from './testing/fixture.ts';

const found = (parts: NodeParts): readonly Finding[] => diagnose(evidenceOf([node(parts)]));
const keys = (parts: NodeParts): readonly string[] =>
  found(parts).map(({ status, text }) => `${status} ${text.key.replace('findings.', '')}`);
const noisy = 'warn rule-lacks-missingok';
/** What is said beside a rule that lacks `missingok`, as most rules of these tests do. */
const withRule = (content: string, parts: NodeParts = {}): readonly string[] =>
  keys({ ...parts, files: [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/docker', content)] }).filter(
    (key) => key !== noisy,
  );

const glob = '/var/lib/docker/containers/*/*-json.log';
const rule = (...directives: readonly string[]): string =>
  `${glob} {\n${directives.map((line) => `  ${line}\n`).join('')}}\n`;

describe('the runtime', () => {
  const pods = 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n';
  const links = `${twoContainers}pods\nat shop_cart_u/app\na1ff 0 0 1 90 0 0.log\n`;
  const podRule = {
    files: [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/p', '/var/log/pods/*/*/*.log {\n}\n')],
  };

  test.each<[string, NodeParts, string]>([
    [
      'the API says docker',
      { runtimeVersion: 'docker://20.10.24', runtime: 'docker-root /var/lib/docker\n' },
      'pass rule-ok',
    ],
    [
      'the API says containerd',
      {
        runtimeVersion: 'containerd://1.6.21',
        runtime: 'process containerd 1\ndocker-root /var/lib/docker\n',
        logs: pods,
      },
      'warn rule-without-effect.docker',
    ],
    [
      'the API says CRI-O',
      { runtimeVersion: 'cri-o://1.28.0', runtime: 'docker-root /var/lib/docker\n', logs: pods, ...podRule },
      'fail rule-fights-kubelet',
    ],
    [
      'kubelet was told containerd',
      {
        runtime:
          'process kubelet 1\nprocess containerd 2\nkubelet-option --container-runtime-endpoint=/run/containerd/containerd.sock\n',
        logs: pods,
        ...podRule,
      },
      'fail rule-fights-kubelet',
    ],
    [
      'kubelet was told cri-dockerd',
      {
        runtime:
          'process kubelet 1\nprocess dockerd 3\nprocess containerd 2\n' +
          'kubelet-option --container-runtime-endpoint=unix:///run/cri-dockerd.sock\n',
      },
      'pass rule-ok',
    ],
    [
      'pods log through docker',
      { runtime: 'process kubelet 1\nprocess dockerd 3\nprocess containerd 2\n', logs: links },
      'pass rule-ok',
    ],
    [
      'pods log themselves',
      { runtime: 'process kubelet 1\nprocess containerd 2\n', logs: pods, ...podRule },
      'fail rule-fights-kubelet',
    ],
    ['docker without kubelet', { runtime: 'process dockerd 3\nprocess containerd 2\n' }, 'pass rule-ok'],
    ['only containerd', { runtime: 'process containerd 2\n', logs: '', ...podRule }, 'fail rule-fights-kubelet'],
    [
      'nothing tells',
      { runtime: 'process kubelet 1\nprocess dockerd 3\nprocess containerd 2\n' },
      'unknown rule-unknown.runtime',
    ],
    ['nothing runs', { runtime: 'docker-root /var/lib/docker\n', logs: '' }, 'unknown rule-unknown.runtime'],
  ])('%s', (_name, parts, expected) => {
    expect(keys(parts)).toEqual([expected]);
  });

  test('docker beside a kubelet with containerd: both are looked at', () => {
    const both = { runtimeVersion: 'containerd://1.6.21', logs: `${twoContainers}${pods}` };

    expect(keys(both)).toEqual(['pass rule-ok', 'pass kubelet-rotates']);
    expect(keys({ ...both, ...podRule })).toEqual(['fail rule-does-not-cover.links', 'fail rule-fights-kubelet']);
  });
});

describe('a log that logrotate has to copy', () => {
  const megabyte = 1024 ** 2;
  const logs =
    'docker /var/lib/docker\nresolved /var/lib/docker/containers\n' +
    `${containerLines(1, 60 * megabyte)}drivers\n${driverLines(1)}names\n`;
  /** A disk of so many MiB. */
  const disk = (size: number, free: number): string =>
    `4096 ${size * 256} ${free * 256} ${free * 256} 1000 900 /var/lib/docker/containers\n`;

  test.each<[string, string, string, string]>([
    ['fits exactly', disk(1000, 60), rule('daily', 'copytruncate'), 'pass rule-ok'],
    ['does not fit', disk(1000, 59), rule('daily', 'copytruncate'), 'fail log-outgrows-room'],
    ['does not fit, and is a small part of the disk', disk(1300, 59), rule('daily', 'copytruncate'), 'pass rule-ok'],
    ['under a rule that is worse', disk(1000, 0), rule('daily', 'create'), 'fail rule-unsafe.renames'],
    [
      'under a rule that is wrong in other ways too',
      disk(1000, 0),
      rule('weekly', 'copytruncate'),
      'fail log-outgrows-room',
    ],
  ])('%s', (_name, room, content, expected) => {
    expect(withRule(content, { logs, disk: room })).toEqual([expected]);
  });

  test('it is emptied when that is asked for', () => {
    const [finding] = found({ logs, disk: disk(1000, 0) });

    expect(finding).toMatchObject({ remedy: true, severity: 'high' });
    expect(finding?.text.params).toEqual({ file: '/etc/logrotate.d/docker', container: id(1).slice(0, 12) });
  });
});

describe('a rule on docker’s logs', () => {
  test.each<[string, string, string]>([
    [
      'the guide’s',
      rule(
        'rotate 10',
        'copytruncate',
        'missingok',
        'notifempty',
        'compress',
        'maxsize 100M',
        'daily',
        'dateext',
        'dateformat -%Y%m%d-%s',
        'create 0644 root root',
      ),
      'pass rule-ok',
    ],
    ['in quotes, with tabs', `"${glob}"\t{\n\tdaily\n\tcopytruncate\n\trotate\t=\t3\n}\n`, 'pass rule-ok'],
    ['one of two patterns', `/var/log/x.log\n${glob}\n{\n daily\n copytruncate\n}\n`, 'pass rule-ok'],
    ['hourly by size', rule('copytruncate', 'size 50M'), 'pass rule-ok'],
    ['as root by name', rule('daily', 'copytruncate', 'su root root'), 'pass rule-ok'],
    ['as root, in another group', rule('daily', 'copytruncate', 'su root adm'), 'pass rule-ok'],
    ['as root by number', rule('daily', 'copytruncate', 'su 0 0'), 'pass rule-ok'],
    ['only *.log of another folder', '/var/log/*.log {\n daily\n copytruncate\n}\n', 'fail rule-missing.none'],
    [
      'the wrong depth',
      '/var/lib/docker/containers/*.log {\n daily\n copytruncate\n}\n',
      'fail rule-does-not-cover.pattern',
    ],
    ['links of kubelet', '/var/log/pods/*/*/*.log {\n daily\n copytruncate\n}\n', 'fail rule-does-not-cover.links'],
    ['renames', rule('daily', 'create 0644 root root'), 'fail rule-unsafe.renames'],
    ['takes copytruncate back', rule('daily', 'copytruncate', 'nocopytruncate'), 'fail rule-unsafe.renames'],
    ['renamecopy', rule('daily', 'renamecopy'), 'fail rule-unsafe.renames'],
    ['copies only', rule('daily', 'copy'), 'fail rule-unsafe.never-truncates'],
    [
      'docker’s own files beside a good rule',
      `/var/lib/docker/containers/*/*.json {\n daily\n copytruncate\n}\n${goodRule}`,
      'fail rule-unsafe.other-files',
    ],
    [
      'every file of docker',
      '/var/lib/docker/containers/*/* {\n daily\n copytruncate\n}\n',
      'fail rule-unsafe.other-files',
    ],
    [
      'old logs by number',
      '/var/lib/docker/containers/*/*-json.log* {\n daily\n copytruncate\n rotate 3\n}\n',
      'fail rule-unsafe.rotates-rotated',
    ],
    [
      'old logs by extension',
      '/var/lib/docker/containers/*/*.log {\n daily\n copytruncate\n rotate 3\n dateext\n extension .log\n}\n',
      'fail rule-unsafe.rotates-rotated',
    ],
    [
      'the same, compressed',
      '/var/lib/docker/containers/*/*.log {\n daily\n copytruncate\n rotate 3\n dateext\n extension .log\n compress\n}\n',
      'pass rule-ok',
    ],
    ['another user', rule('daily', 'copytruncate', 'su nobody adm'), 'fail rule-never-rotates.other-user'],
    ['more than the disk', rule('size 30G', 'copytruncate'), 'fail rule-never-rotates.size-over-disk'],
    [
      'at least more than the disk',
      rule('daily', 'minsize 30G', 'copytruncate'),
      'fail rule-never-rotates.size-over-disk',
    ],
    ['the same with a bound', rule('daily', 'minsize 30G', 'maxsize 100M', 'copytruncate'), 'pass rule-ok'],
    ['waits for quiet', rule('daily', 'minage 2', 'copytruncate'), 'fail rule-never-rotates.minimum-age'],
    ['keeps nothing', rule('daily', 'rotate 0', 'copytruncate'), 'warn rule-loses-logs.rotate-zero'],
    ['keeps all', rule('daily', 'rotate -1', 'copytruncate'), 'warn rule-keeps-all.rotate-unlimited'],
    ['keeps all for a time', rule('daily', 'rotate -1', 'maxage 5', 'copytruncate'), 'pass rule-ok'],
    ['no trigger of its own: weekly from the main file', rule('copytruncate'), 'warn rule-too-rare.weekly'],
    ['yearly', rule('yearly', 'copytruncate'), 'warn rule-too-rare.yearly'],
    ['an unknown word', rule('daily', 'copytruncate', 'maxsizee 3M'), 'warn rule-has-errors.unknown-directive'],
    ['no brace at the end', rule('daily', 'copytruncate').replace('}\n', ''), 'warn rule-has-errors.unclosed'],
    ['olddir that is not there', rule('daily', 'copytruncate', 'olddir old'), 'fail rule-broken.olddir-missing'],
    [
      'olddir that was not looked at',
      rule('daily', 'copytruncate', 'olddir /old'),
      'unknown rule-unknown.included-file',
    ],
  ])('%s', (_name, content, expected) => {
    expect(withRule(content)).toEqual([expected]);
  });

  test('what an old log is called is held against how often logrotate really runs', () => {
    const content = rule('daily', 'maxsize 100M', 'copytruncate', 'dateext');
    const run = (time: string): readonly string[] =>
      withRule(content, {
        sections: {
          'container-logs/scheduler': section(
            `now 1800000000\nuptime 5000\nprocess cron\ncrontab /etc/crontab\t${time}\tlogrotate config:/etc/logrotate.conf\n` +
              'state 1800000000 /var/lib/logrotate/status\n',
          ),
        },
      });

    expect(run('25 6 * * *')).toEqual(['pass rule-ok']);
    expect(run('25 * * * *')).toEqual(['fail rule-never-rotates.same-name-often-run']);
    expect(withRule(content)).toEqual(['unknown rule-unknown.schedule']);
    // Once a day at the most, whatever the schedule.
    expect(withRule(rule('daily', 'copytruncate', 'dateext'))).toEqual(['pass rule-ok']);
  });

  test.each([
    ['byte-order-mark', [file('/etc/logrotate.d/docker', `\u00EF\u00BB\u00BF${goodRule}`)], ''],
    ['not-absolute', [file('/etc/logrotate.d/docker', goodRule.replace('/', ''))], ''],
    ['dangling', [], 'dangling /etc/logrotate.d/docker'],
    ['folder', [], 'file 41ed 0 0 4096 /etc/logrotate.d/docker'],
  ])('a file that is there and spoilt is named, and no second rule is put beside it: %s', (why, files, line) => {
    const head = ['accounts root,nobody root,adm', 'folder /etc/logrotate.d', ...(line === '' ? [] : [line])];
    const evidence = evidenceOf([node({ files: [file('/etc/logrotate.conf', mainText), ...files], head })]);
    const findings = diagnose(evidence);
    const { actions, refused } = containerLogs.plan({ evidence, findings });

    expect(findings[0]?.text).toMatchObject({
      key: `findings.rule-ignored.${why}`,
      params: { file: '/etc/logrotate.d/docker' },
    });
    expect([actions, refused.map(({ key }) => key)]).toEqual([[], ['refused.spoilt']]);
  });

  test('an absolute olddir is there, or it is not', () => {
    const content = rule('daily', 'copytruncate', 'olddir /old');
    const seen = (line: string): readonly string[] =>
      withRule(content, { head: ['accounts root root', 'folder /etc/logrotate.d', line] });

    expect(seen('olddir /old')).toEqual(['pass rule-ok']);
    expect(seen('missing /old')).toEqual(['fail rule-broken.olddir-missing']);
  });

  test('a rule that is well otherwise and lacks missingok is told so, also where it inherits its opposite', () => {
    const inFiles = (main: string, content: string): readonly string[] =>
      keys({ files: [file('/etc/logrotate.conf', main), file('/etc/logrotate.d/docker', content)] });

    expect(inFiles(mainText, rule('daily', 'copytruncate'))).toEqual(['pass rule-ok', noisy]);
    expect(inFiles(mainText, rule('daily', 'copytruncate', 'missingok', 'nomissingok'))).toEqual([
      'pass rule-ok',
      noisy,
    ]);
    expect(inFiles(`missingok\n${mainText}`, rule('daily', 'copytruncate'))).toEqual(['pass rule-ok']);
    expect(inFiles(mainText, rule('daily'))).toEqual(['fail rule-unsafe.renames']);
  });

  test('the first rule that gets a log decides, a second one is told', () => {
    const both = (first: string, second: string): readonly string[] =>
      keys({
        files: [
          file('/etc/logrotate.conf', mainText),
          file('/etc/logrotate.d/a', first),
          file('/etc/logrotate.d/b', second),
        ],
      });

    expect(both(goodRule, goodRule)).toEqual(['warn rule-duplicate.second-rule']);
    expect(both(goodRule.replace('copytruncate', 'create'), goodRule)).toEqual(['fail rule-unsafe.renames']);
    expect(both('/var/lib/docker/containers/1*/*.log {\n daily\n copytruncate\n}\n', goodRule)).toEqual([
      'fail rule-does-not-cover.duplicate',
    ]);
  });

  test('global directives before the include count, those behind it do not', () => {
    const main = (text: string): readonly string[] =>
      keys({
        files: [
          file('/etc/logrotate.conf', text),
          file('/etc/logrotate.d/docker', rule('daily', 'rotate 3', 'missingok')),
        ],
      });

    expect(main('copytruncate\ninclude /etc/logrotate.d\n')).toEqual(['pass rule-ok']);
    expect(main('include /etc/logrotate.d\ncopytruncate\n')).toEqual(['fail rule-unsafe.renames']);
    expect(main('copytruncate\n')).toEqual(['fail rule-ignored.not-included']);
    expect(main('tabooext + er\ncopytruncate\ninclude /etc/logrotate.d\n')).toEqual(['fail rule-ignored.name']);
    expect(main('tabooext + er\ncopytruncate\ninclude /etc/logrotate.d/docker\n')).toEqual(['pass rule-ok']);
  });

  test('the main file itself can be what is passed over', () => {
    const files = [file('/etc/logrotate.conf', mainText, 0o666), file('/etc/logrotate.d/docker', goodRule)];

    expect(found({ files })[0]?.text).toEqual({
      key: 'findings.rule-ignored.mode',
      params: { file: '/etc/logrotate.conf', detail: '0666' },
    });
  });
});

describe('logs that need no rule', () => {
  const logs = (one: string, two: string): string =>
    `docker /var/lib/docker\nresolved /var/lib/docker/containers\n${containerLines(1)}${containerLines(2)}drivers\n${one}${two}names\n`;
  const noRule = { files: [file('/etc/logrotate.conf', mainText)] };

  test.each<[string, string, string]>([
    [driverLines(1, 'json-file', '10m'), driverLines(2, 'json-file', '1g'), 'pass bounded-by-daemon'],
    [driverLines(1, 'json-file', '10m'), driverLines(2, 'journald'), 'pass bounded-by-daemon'],
    [driverLines(1, 'local'), driverLines(2, 'journald'), 'pass other-log-driver'],
    [driverLines(1, 'json-file', '10m'), driverLines(2), 'fail rule-missing.partly-bounded'],
    [driverLines(1, 'json-file', '-1'), driverLines(2, 'json-file', '10m'), 'fail rule-missing.partly-bounded'],
    ['', '', 'fail rule-missing.none'],
  ])('%s%s', (one, two, expected) => {
    expect(keys({ ...noRule, logs: logs(one, two) })).toEqual([expected]);
  });

  test('the unbounded ones are named', () => {
    const [finding] = found({ ...noRule, logs: logs(driverLines(1, 'json-file', '10m'), driverLines(2)) });

    expect(finding).toMatchObject({ facts: { unrotated: [id(2).slice(0, 12)], containers: 2, logBytes: 8192 } });
  });

  test('a node without a container yet needs a rule', () => {
    expect(keys({ ...noRule, logs: '' })).toEqual(['fail rule-missing.none']);
    expect(keys({ logs: '' })).toEqual(['pass rule-ok']);
  });
});

describe('what cannot be known', () => {
  test.each<[string, NodeParts, string]>([
    [
      'an included file nobody looked at',
      {
        files: [
          file('/etc/logrotate.conf', `${mainText}include /srv/rules\n`),
          file('/etc/logrotate.d/docker', goodRule),
        ],
      },
      'unknown rule-unknown.included-file',
    ],
    [
      'a faulty file inside a rule',
      {
        head: ['accounts root root', 'folder /etc/logrotate.d', 'folder /srv'],
        files: [
          file('/etc/logrotate.conf', mainText),
          file('/etc/logrotate.d/docker', rule('include /srv/x')),
          file('/srv/x', '}\n'),
        ],
      },
      'unknown rule-unknown.unpredictable',
    ],
    ['the release', { version: 'unknown' }, 'unknown rule-unknown.logrotate-version'],
    [
      'the files',
      { sections: { 'logrotate/files': { state: 'unknown', reason: 'timed-out', detail: '' } } },
      'unknown rule-unknown.rotation-files',
    ],
    [
      'the logs',
      { sections: { 'container-logs/log-files': { state: 'unknown', reason: 'needs-root', detail: '' } } },
      'unknown rule-unknown.log-files',
    ],
    [
      'logrotate is not there',
      { sections: { 'logrotate/version': { state: 'unknown', reason: 'tool-missing', detail: '' } } },
      'fail logrotate-missing',
    ],
  ])('%s', (_name, parts, expected) => {
    expect(keys(parts)).toEqual([expected]);
  });

  test('without logrotate nothing fights kubelet', () => {
    const sections = {
      'logrotate/version': { state: 'unknown', reason: 'tool-missing', detail: '' },
    } as const;

    expect(keys({ runtimeVersion: 'containerd://1.6.21', runtime: 'process containerd 1\n', sections })).toEqual([
      'pass kubelet-rotates',
    ]);
  });
});

test('a fault in old releases costs the whole file, in new ones the rule', () => {
  const content = `/var/log/x.log {\n olddir /nowhere\n}\n${goodRule}`;
  const parts = { head: ['accounts root root', 'folder /etc/logrotate.d', 'missing /nowhere'] };

  // The abandoned file is read no further, so that the rule behind the fault is never seen.
  expect(withRule(content, { ...parts, version: '3.8.6' })).toEqual(['fail rule-broken.olddir-missing']);
  expect(withRule(content.replace('/var/log/x.log', '/nowhere/x.log'), { ...parts, version: '3.21.0' })).toEqual([
    'fail rule-broken.log-folder-missing',
  ]);
});

test('every fault that can throw a rule away has its words', () => {
  const codes: readonly Exclude<ComplaintCode, 'unknown-directive' | 'text-after-brace' | 'unclosed'>[] = [
    'bad-value',
    'missing-value',
    'unknown-user',
    'not-separated',
    'bad-line',
    'names-inside-block',
    'no-opening-brace',
    'unexpected-closing-brace',
    'bad-quoting',
    'no-names',
    'taboo-inside-block',
    'script-without-end',
    'duplicate',
    'include-missing',
    'include-too-deep',
    'cannot-open',
    'too-large',
    'olddir-missing',
    'log-folder-missing',
  ];
  const { has } = createTranslator('en', containerLogs.texts.en);

  expect(codes.filter((code) => !has(`findings.rule-broken.${code}`))).toEqual([]);
});
