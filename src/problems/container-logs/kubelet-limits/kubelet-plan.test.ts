import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { FileAction } from '../../../actions/file/file-action.ts';
import type { ServiceAction } from '../../../actions/service/service-action.ts';
import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { Finding, ProblemPlan } from '../../problem.ts';
import { kubeletConfiguration } from '../../../runtimes/kubelet/kubelet.ts';
import { containerLogs } from '../problem.ts';
import { file as rotationFile, mainText, node, section } from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';

const gibibyte = 2 ** 30;
const configPath = '/var/lib/kubelet/config.yaml';
const userArgs = '/etc/kubernetes/kubelet-user-args';
const known = '00000000-0000-4000-8000-000000000001';
const unit = ['unit kubelet kubelet.service', 'fragment kubelet.service /usr/lib/systemd/system/kubelet.service'];
const tooMuch = 'kind: KubeletConfiguration\ncontainerLogMaxSize: 90Gi # ours\nmaxPods: 20\n';

/** The lines of a file as the probe prints them. */
function file(path: string, content: string, changedAt = 1000): readonly string[] {
  const sum = createHash('sha256').update(content, 'latin1').digest('hex');
  const lines = content.endsWith('\n') ? content.slice(0, -1).split('\n') : content.split('\n');
  return [
    `file 81a4 0 0 ${content.length} ${changedAt} ${path}`,
    'now 2000',
    `sum ${sum} ${path}`,
    `text ${lines.length} ${path}`,
    ...lines,
  ];
}

interface Fixture {
  readonly lines: readonly string[];
  readonly version?: string;
  readonly configz?: NodeEvidence['kubelet'];
  readonly logs?: string;
}

/** Lines that systemd tells, and not kubelet's own files. */
const ofUnit = /^(?:unit|fragment|user-args) /;
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function nodeWith({
  lines,
  version = 'v1.30.3',
  configz,
  logs = `pods\nat shop_cart_${known}/app\n81a0 0 0 1 300 8 0.log\n`,
}: Fixture): NodeEvidence {
  const made = node({
    files: [rotationFile('/etc/logrotate.conf', mainText)],
    runtimeVersion: 'containerd://1.6.21',
    runtime: 'process containerd 1\nprocess kubelet 2\ndocker-root /var/lib/docker\n',
    logs,
    disk: `4096 ${(30 * gibibyte) / 4096} ${(20 * gibibyte) / 4096} ${(20 * gibibyte) / 4096} 1000 900 1f /var/log/pods\n`,
    sections: {
      'kubelet/configuration': section(textOf(lines.filter((line) => !ofUnit.test(line)))),
      'systemd/units': section(textOf(lines.filter((line) => ofUnit.test(line)))),
    },
  });
  const api =
    made.api.state === 'seen' ? { ...made.api, value: { ...made.api.value, kubeletVersion: version } } : made.api;
  return { ...made, api, ...(configz === undefined ? {} : { kubelet: configz }) };
}

function found(fixture: Fixture): readonly Finding[] {
  return containerLogs
    .diagnose(evidenceOf([nodeWith(fixture)]))
    .filter(({ rule }) => rule.startsWith('kubelet-') && rule !== 'kubelet-rotates');
}

function limits(fixture: Fixture): unknown {
  const pass = containerLogs.diagnose(evidenceOf([nodeWith(fixture)])).find(({ rule }) => rule === 'kubelet-rotates');
  const facts =
    pass?.status === 'pass'
      ? (pass.facts?.['kubeletLogs'] as Readonly<
          Record<string, { readonly bytes?: number; readonly value?: number; readonly source: string }>
        >)
      : undefined;
  return (
    facts &&
    ['maxSize', 'maxFiles', 'maxPods'].map((key) => `${facts[key]?.bytes ?? facts[key]?.value} ${facts[key]?.source}`)
  );
}

function planned(fixture: Fixture, remedies = ['kubelet-log-limits']): ProblemPlan {
  const evidence = evidenceOf([nodeWith(fixture)]);
  return containerLogs.plan({ evidence, findings: containerLogs.diagnose(evidence), remedies: new Set(remedies) });
}

const base = ['running 500', `pods ${known}`, ...unit];
const withConfig = (content = tooMuch): readonly string[] => [
  `option config=${configPath}`,
  ...base,
  ...file(configPath, content),
];

describe('where a limit comes from', () => {
  test.each<[string, Fixture, readonly string[]]>([
    ['nothing is given', { lines: base }, ['10485760 default', '5 default', '110 default']],
    [
      'the file',
      { lines: withConfig('containerLogMaxSize: 50M\ncontainerLogMaxFiles: 3\n') },
      [`50000000 ${configPath}`, `3 ${configPath}`, '110 default'],
    ],
    [
      'JSON',
      { lines: withConfig('{"containerLogMaxSize": "1Mi"}') },
      [`1048576 ${configPath}`, '5 default', '110 default'],
    ],
    [
      'a flag wins over the file',
      {
        lines: [
          'option container-log-max-size=20Mi',
          'option max-pods=30',
          ...withConfig('containerLogMaxSize: 1Mi\nmaxPods: 9\n'),
        ],
      },
      ['20971520 flag', '5 default', '30 flag'],
    ],
    [
      'the last drop-in wins over the others and the file',
      {
        lines: [
          'option config-dir=/etc/kubelet.d',
          'folder /etc/kubelet.d',
          ...file('/etc/kubelet.d/20.conf', 'containerLogMaxSize: 3Mi\n'),
          ...file('/etc/kubelet.d/10.conf', 'containerLogMaxSize: 2Mi\ncontainerLogMaxFiles: 4\n'),
          ...withConfig('maxPods: 9\ncontainerLogMaxFiles: 2\n'),
        ],
      },
      ['3145728 /etc/kubelet.d/20.conf', '4 /etc/kubelet.d/10.conf', `9 ${configPath}`],
    ],
    [
      'a folder of drop-ins that 1.28 is not told to use',
      {
        version: 'v1.28.3',
        lines: [
          'option config-dir=/etc/kubelet.d',
          'folder /etc/kubelet.d',
          ...file('/etc/kubelet.d/20.conf', 'containerLogMaxSize: 3Mi\n'),
          ...base,
        ],
      },
      ['10485760 default', '5 default', '110 default'],
    ],
    [
      'and that it is told to use',
      {
        version: 'v1.28.3',
        lines: [
          'drop-ins-on',
          'option config-dir=/etc/kubelet.d',
          'folder /etc/kubelet.d',
          ...file('/etc/kubelet.d/20.conf', 'containerLogMaxSize: 3Mi\n'),
          ...base,
        ],
      },
      ['3145728 /etc/kubelet.d/20.conf', '5 default', '110 default'],
    ],
    [
      'kubelet’s own answer wins over all',
      {
        lines: ['option container-log-max-size=20Mi', ...base],
        configz: { state: 'seen', value: { containerLogMaxSize: '7Mi', containerLogMaxFiles: 6, maxPods: 40 } },
      },
      ['7340032 configz', '6 configz', '40 configz'],
    ],
  ])('%s', (_, fixture, told) => expect(limits(fixture)).toEqual(told));

  test.each<[string, Fixture]>([
    [
      'a file that is named and not there',
      { lines: [`option config=${configPath}`, ...base, `missing ${configPath}`] },
    ],
    ['a file that is none', { lines: withConfig('containerLogMaxSize: [') }],
    ['no kubelet', { lines: ['no-kubelet'] }],
    ['what no probe prints', { lines: ['surprise'] }],
  ])('%s is unknown', (_, fixture) => {
    expect(found(fixture).map(({ status, rule }) => `${status} ${rule}`)).toEqual(['unknown kubelet-limits-unknown']);
    expect(planned(fixture)).toEqual({ actions: [], refused: [] });
  });

  test.each([
    ['a size as a number', 'containerLogMaxSize: 10485760\n', 'containerLogMaxSize: 10485760'],
    ['a number of files in words', 'containerLogMaxFiles: lots\n', 'containerLogMaxFiles: "lots"'],
    ['a number in quotes', 'maxPods: "110"\n', 'maxPods: "110"'],
    ['a threshold as a number', 'evictionHard:\n  nodefs.available: 5\n', 'evictionHard: {"nodefs.available":5}'],
  ])('%s keeps kubelet from starting', (_, text, told) => {
    const [finding] = found({ lines: withConfig(text) });
    const { key = '', value = '' } = finding?.text.params ?? {};
    expect([finding?.text.key, `${key}: ${value}`]).toEqual(['findings.kubelet-limits-refused.kind', told]);
  });

  test('kubelet’s answer that was refused is told, and its files count', () => {
    const fixture = {
      lines: withConfig('maxPods: 9\n'),
      configz: { state: 'unknown', reason: 'forbidden', detail: 'no' },
    } as const;
    expect(found(fixture).map(({ status, rule }) => `${status} ${rule}`)).toEqual([
      'unknown kubelet-configz-forbidden',
    ]);
    expect(limits(fixture)).toEqual(['10485760 default', '5 default', `9 ${configPath}`]);
  });
});

describe('what fits', () => {
  const keys = (fixture: Fixture): readonly string[] =>
    found(fixture).map(({ text }) => text.key.replace('findings.', ''));

  test.each<[string, string, readonly string[]]>([
    ['kubelet’s defaults', 'kind: KubeletConfiguration\n', []],
    ['today’s containers fill the disk', 'containerLogMaxSize: 10Gi\n', ['kubelet-limits-exceed-disk.now']],
    ['a full node would', 'containerLogMaxSize: 100Mi\n', ['kubelet-limits-exceed-disk.full']],
    ['as much, with fewer pods', 'containerLogMaxSize: 100Mi\nmaxPods: 40\n', []],
    ['no rotation', 'containerLogMaxSize: "-1"\n', ['kubelet-never-rotates']],
    ['one file', 'containerLogMaxFiles: 1\n', ['kubelet-limits-refused.files']],
    ['a size that is none', 'containerLogMaxSize: lots\n', ['kubelet-limits-refused.size']],
    ['no size of kubelet', 'containerLogMaxSize: 10MB\n', ['kubelet-limits-refused.size']],
    ['a fraction', 'containerLogMaxSize: 0.5Gi\n', ['kubelet-limits-refused.size']],
  ])('%s', (_, config, told) => expect(keys({ lines: withConfig(config) })).toEqual(told));

  test('logs of pods that kubelet forgot, and logs far past the limit, from a twentieth of the disk on', () => {
    const big = String(2 * gibibyte);
    const log = (pod: string, bytes: string): string =>
      `at shop_${pod}/app\n81a0 0 0 1 ${bytes} ${Math.ceil(Number(bytes) / 512)} 0.log\n`;
    const lines = withConfig('maxPods: 9\n');
    expect(
      keys({ lines, logs: `pods\n${log(`old_${known.replace(/1$/, '2')}`, big)}${log(`cart_${known}`, '300')}` }),
    ).toEqual(['kubelet-forgot-logs']);
    expect(keys({ lines, logs: `pods\n${log(`cart_${known}`, big)}` })).toEqual(['kubelet-logs-past-limit']);
    expect(keys({ lines, logs: `pods\n${log(`cart_${known}`, '20971520')}` }), 'twice the limit is on its way').toEqual(
      [],
    );
    expect(
      keys({
        lines: ['no-pods-folder', ...lines.filter((line) => !line.startsWith('pods'))],
        logs: `pods\n${log(`old_${known.replace(/1$/, '2')}`, big)}`,
      }),
      'what it knows cannot be told',
    ).toEqual(['kubelet-logs-past-limit']);
  });
});

describe('the remedy', () => {
  const told = ({ actions, refused }: ProblemPlan): readonly string[] => [
    ...actions.map((action) =>
      action.kind === 'service'
        ? `restart ${action.unit}${action.daemonReload ? ' reload' : ''}`
        : action.kind === 'file'
          ? `${action.path} ${action.why.key}`
          : action.kind,
    ),
    ...refused.map(({ key }) => key),
  ];
  const content = ({ actions }: ProblemPlan): string => {
    const [action] = actions as readonly FileAction[];
    return action === undefined || action.to === 'absent' ? '' : action.to.content;
  };

  test('happens only when it is named', () => {
    expect(planned({ lines: withConfig() }, [])).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.kubelet-opt-in', optional: true }],
    });
    // What does not rotate at all cannot wait.
    expect(
      planned({ lines: withConfig('containerLogMaxSize: "-1"\n') }, []).refused.map(({ optional }) => optional),
    ).toEqual([undefined]);
  });

  test('the configuration file: two values, the rest to the byte, then the restart with what proves it', () => {
    const plan = planned({ lines: withConfig() });
    expect(told(plan)).toEqual([`${configPath} why.kubelet-limits.config`, 'restart kubelet.service']);
    expect(content(plan)).toBe(
      'kind: KubeletConfiguration\ncontainerLogMaxSize: 10Mi # ours\nmaxPods: 20\ncontainerLogMaxFiles: 5\n',
    );
    expect((plan.actions[1] as ServiceAction).verify).toEqual([
      { check: 'container-logs/kubelet-has-limits', args: ['file', configPath, '10Mi', '5'] },
    ]);
    expect((plan.actions[1] as ServiceAction).fragment).toBe('/usr/lib/systemd/system/kubelet.service');
  });

  test('NKS: its arguments, and systemd reads its units again', () => {
    const args = 'KUBELET_USER_ARGS="--v=2 --container-log-max-size=90Gi"\n';
    const plan = planned({
      lines: [
        'option container-log-max-size=90Gi',
        'user-args kubelet.service',
        ...withConfig('maxPods: 20\n'),
        ...file(userArgs, args),
      ],
    });
    expect(told(plan)).toEqual([`${userArgs} why.kubelet-limits.user-args`, 'restart kubelet.service reload']);
    expect(content(plan)).toBe('KUBELET_USER_ARGS="--v=2 --container-log-max-size=10Mi --container-log-max-files=5"\n');
    expect((plan.actions[1] as ServiceAction).verify[0]?.args).toEqual(['flags', userArgs, '10Mi', '5']);
  });

  test('a value that kubelet does not take is written again where it is, and left to a person elsewhere', () => {
    const number = 'maxPods: 20\ncontainerLogMaxSize: 10485760\n';
    const plan = planned({ lines: withConfig(number) });
    expect(content(plan)).toBe('maxPods: 20\ncontainerLogMaxSize: 10Mi\ncontainerLogMaxFiles: 5\n');
    expect(told(planned({ lines: withConfig(`${number}imageGCHighThresholdPercent: "80"\n`) }))).toEqual([
      'refused.kubelet-kind',
    ]);
    expect(told(planned({ lines: [...dropIns, ...withConfig(number)] }))).toEqual(['refused.kubelet-kind']);
  });

  const dropIns = ['option config-dir=/etc/kubelet.d/', 'folder /etc/kubelet.d/'];

  test('a drop-in where there is a folder of them', () => {
    const plan = planned({ lines: [...dropIns, ...withConfig()] });
    expect(told(plan)).toEqual([
      '/etc/kubelet.d/99-nodemend-container-logs.conf why.kubelet-limits.drop-in',
      'restart kubelet.service',
    ]);
    expect(plan.actions[0]).toMatchObject({ from: 'absent' });
    expect(content(plan)).toContain('containerLogMaxSize: 10Mi\ncontainerLogMaxFiles: 5\n');
  });

  test.each<[string, Fixture, string]>([
    [
      'a flag from elsewhere',
      { lines: ['option container-log-max-size=90Gi', ...withConfig('maxPods: 20\n')] },
      'kubelet-flags',
    ],
    [
      'a flag from elsewhere beside NKS’s arguments',
      {
        lines: [
          'option container-log-max-size=90Gi',
          'user-args kubelet.service',
          ...withConfig('maxPods: 20\n'),
          ...file(userArgs, 'KUBELET_USER_ARGS="--v=2"\n'),
        ],
      },
      'kubelet-flags',
    ],
    [
      'a later drop-in',
      { lines: [...dropIns, ...file('/etc/kubelet.d/zz.conf', 'containerLogMaxSize: 90Gi\n'), ...withConfig()] },
      'kubelet-later-drop-in',
    ],
    ['JSON', { lines: withConfig('{"containerLogMaxSize": "90Gi"}\n') }, 'kubelet-form'],
    ['a link', { lines: [...withConfig(), `link ${configPath}`] }, 'symlink'],
    ['a secret in it', { lines: unlikeItsSum(withConfig(`${tooMuch}staticPodURLHeader: "***"\n`)) }, 'holds-secrets'],
    ['what changed while it was read', { lines: unlikeItsSum(withConfig()) }, 'unread'],
    ['no systemd', { lines: withConfig().filter((line) => !unit.includes(line)) }, 'kubelet-no-unit'],
    [
      'too small a disk',
      { lines: withConfig(tooMuch.replace('maxPods: 20', 'maxPods: 9000')) },
      'kubelet-disk-too-small',
    ],
  ])('%s is for people', (_, fixture, why) => expect(told(planned(fixture))).toEqual([`refused.${why}`]));

  test('without a file or drop-ins there is nowhere to put it', () => {
    const fixture = {
      lines: base,
      configz: { state: 'seen', value: { containerLogMaxSize: '90Gi', maxPods: 20 } },
    } as const;
    expect(told(planned(fixture))).toEqual(['refused.kubelet-nowhere']);
  });
});

function unlikeItsSum(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^sum [0-9a-f]{64}/, `sum ${'0'.repeat(64)}`));
}

test('a file whose last line has no end is taken whole', () => {
  const seen = kubeletConfiguration.parse({
    text: textOf(['running 500', ...file(configPath, 'a: 1')]),
    truncated: false,
  });
  expect(seen === undefined || seen === 'no-kubelet' ? undefined : seen.files.get(configPath)).toMatchObject({
    content: 'a: 1',
    isExact: true,
  });
});
