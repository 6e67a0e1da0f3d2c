import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { languages } from '../../../locales/language.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { containerLogs } from '../problem.ts';
import { containerLines, driverLines, file, mainText, node, section, type NodeParts } from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';

interface Daemon {
  readonly content?: string;
  /** Lines that stand for the daemon: flags, options, its age. */
  readonly lines?: readonly string[];
  /** Seconds since the file was changed; dockerd runs for an hour. */
  readonly changed?: number;
  readonly logs?: string;
  /** As the probe would have masked it. */
  readonly shown?: string;
}

const path = '/etc/docker/daemon.json';
const now = 1_800_000_000;
const unit = 'unit dockerd docker.service\nfragment docker.service /lib/systemd/system/docker.service\n';

function daemonNode({ content, lines = [], changed = 7200, logs, shown }: Daemon): NodeParts {
  const head = ['flag -H', ...lines, 'running 3600', 'service docker.service', `now ${now}`];
  const sum = createHash('sha256')
    .update(content ?? '', 'latin1')
    .digest('hex');
  const file =
    content === undefined
      ? [`missing ${path}`]
      : [`file 81a4 0 0 ${content.length} ${now - changed} ${path}`, `sum ${sum}`];
  return {
    ...(logs === undefined ? {} : { logs }),
    sections: {
      'docker/daemon': section([...head, ...file, '', shown ?? content ?? ''].join('\n')),
      'container-logs/scheduler': section(
        'uptime 5000\nprocess cron\ncrontab /etc/crontab\t@daily\tlogrotate config:/etc/logrotate.conf\n' +
          `now ${now}\nstate ${now} /var/lib/logrotate/status\n`,
      ),
      'systemd/units': section(unit),
    },
  };
}

function planned(daemon: Daemon, ...remedies: readonly string[]): ProblemPlan {
  const evidence = evidenceOf([node(daemonNode(daemon))]);
  return containerLogs.plan({ evidence, findings: diagnose(evidence), remedies: new Set(remedies) });
}

function told({ actions, refused }: ProblemPlan): readonly string[] {
  return [...actions.map(({ kind, why }) => `${kind} ${why.key}`), ...refused.map(({ key }) => key)];
}

const rulesOf = (daemon: Daemon): readonly string[] =>
  diagnose(evidenceOf([node(daemonNode(daemon))])).map(({ text }) => text.key);
const both = ['daemon-log-opts', 'docker-restart'] as const;
const limited = '{ "log-opts": { "max-size": "10m" } }';

describe('nobody asked', () => {
  test('a docker without limits of its own is left alone where a rule is in force', () => {
    expect(rulesOf({ content: '{}' })).toEqual(['findings.rule-ok']);
    expect(planned({ content: '{}' })).toEqual({ actions: [], refused: [] });
  });

  test('a log option that the driver does not know fails before the next start, and not once it has started', () => {
    const odd = '{ "log-driver": "journald", "log-opts": { "max-size": "10m" } }';

    expect(rulesOf({ content: odd, changed: 60 })).toContain('findings.daemon-config-broken.log-option');
    expect(rulesOf({ content: odd, changed: 7200 })).toEqual(['findings.rule-ok']);
    expect(rulesOf({ content: '{ "log-driver": "loki" }', changed: 60 })).toContain(
      'findings.daemon-config-broken.log-driver',
    );
  });

  test('limits that wait for a start are a warning, and the plan says what to ask for', () => {
    expect(rulesOf({ content: limited, changed: 60 })).toEqual(['findings.rule-ok', 'findings.daemon-limits-pending']);
    expect(told(planned({ content: limited, changed: 60 }))).toEqual(['refused.daemon-restart']);
  });
});

describe('--remedy daemon-log-opts', () => {
  test('the file alone: all else in it stays, and whom it does not reach is named', () => {
    const { actions } = planned(
      { content: '{\n    "exec-opts": ["native.cgroupdriver=systemd"]\n}\n' },
      'daemon-log-opts',
    );
    const [action] = actions;

    expect(actions).toHaveLength(1);
    expect(action).toMatchObject({
      kind: 'file',
      path,
      from: { mode: '0644' },
      why: {
        key: 'why.daemon-log-opts.new-only.next-start',
        params: { count: 2, names: '111111111111, 222222222222' },
      },
    });
    expect(action?.kind === 'file' && action.to !== 'absent' && action.to.content).toBe(
      '{\n    "exec-opts": ["native.cgroupdriver=systemd"],\n    "log-opts": {\n        "max-size": "10m",\n' +
        '        "max-file": "5"\n    }\n}\n',
    );
  });

  test('a daemon without a file gets one, and with docker-restart its restart behind it', () => {
    const { actions } = planned({}, ...both);

    expect(actions).toMatchObject([
      { kind: 'file', from: 'absent', to: { mode: '0644', uid: 0, gid: 0 } },
      {
        kind: 'service',
        unit: 'docker.service',
        fragment: '/lib/systemd/system/docker.service',
        disrupts: 'restart',
        why: { key: 'why.docker-restart.kills' },
      },
    ]);
  });

  test('live-restore is told, of the file and of a flag', () => {
    expect(told(planned({ content: '{"live-restore": true}' }, ...both))).toEqual([
      'file why.daemon-log-opts.new-only.restart',
      'service why.docker-restart.live',
    ]);
    expect(told(planned({ lines: ['flag --live-restore', 'option live-restore=true'] }, ...both))).toContain(
      'service why.docker-restart.live',
    );
  });

  test('where every container has a limit already, nobody is left out', () => {
    const logs =
      `docker /var/lib/docker\nresolved /var/lib/docker/containers\n${containerLines(1)}drivers\n` +
      `${driverLines(1, 'json-file', '5m')}names\n`;

    expect(told(planned({ logs }, 'daemon-log-opts'))).toEqual(['file why.daemon-log-opts.all.next-start']);
  });

  test('what already exists is not made again; only its restart is missing', () => {
    expect(planned({ content: limited }, ...both)).toEqual({ actions: [], refused: [] });
    expect(planned({ content: '{"log-driver": "local"}' }, ...both)).toEqual({ actions: [], refused: [] });
    expect(told(planned({ content: limited, changed: 60 }, ...both))).toEqual(['service why.docker-restart.kills']);
    expect(told(planned({ content: limited, changed: 60 }, 'daemon-log-opts'))).toEqual([]);
  });

  test.each<readonly [string, Daemon, string]>([
    ['another driver', { content: '{"log-driver": "journald"}' }, 'refused.daemon-driver'],
    ['log options on the command line', { lines: ['flag --log-opt'], content: '{}' }, 'refused.daemon-flags'],
    ['a file that is broken', { content: '{,}' }, 'refused.daemon-broken'],
    ['a file at odds with a flag', { content: '{"hosts": []}', changed: 60 }, 'refused.daemon-broken'],
    ['a file with secrets', { content: '{"labels": ["a=b"]}', shown: '{"labels": ["***"]}' }, 'refused.daemon-masked'],
    [
      'a file that changed while it was read',
      { content: '{"debug": true}', shown: '{"debug": false}' },
      'refused.unread',
    ],
    [
      'a log option that the driver does not know',
      { content: '{"log-opts": {"max-files": "3"}}', shown: '{"log-opts": {"max-files": "***"}}', changed: 60 },
      'refused.daemon-broken',
    ],
    ['a link', { content: '{}', lines: [`link ${path}`] }, 'refused.symlink'],
    ['no folder', { lines: ['no-folder /etc/docker'] }, 'refused.no-folder'],
  ])('refused: %s', (_name, daemon, key) => {
    const plan = planned(daemon, ...both);

    expect(plan.actions).toEqual([]);
    expect(new Set(told(plan))).toEqual(new Set([key]));
  });

  test('a dockerd that is not a unit is not restarted', () => {
    const parts = daemonNode({});
    const evidence = evidenceOf([
      node({
        ...parts,
        sections: {
          ...parts.sections,
          'systemd/units': section(''),
        },
      }),
    ]);

    expect(told(containerLogs.plan({ evidence, findings: diagnose(evidence), remedies: new Set(both) }))).toEqual([
      'refused.docker-no-unit',
    ]);
  });
});

describe('the daemon’s default decides what a container to come needs', () => {
  const logs =
    `docker /var/lib/docker\nresolved /var/lib/docker/containers\n${containerLines(1)}drivers\n` +
    `${driverLines(1, 'json-file', '5m')}names\n`;
  const withoutRule = (daemon: Daemon): readonly string[] => {
    const evidence = evidenceOf([
      node({ ...daemonNode({ logs, ...daemon }), files: [file('/etc/logrotate.conf', mainText)] }),
    ]);
    return diagnose(evidence).map(({ rule }) => rule);
  };

  test('limits of its own: no rule is needed', () => {
    expect(withoutRule({ content: limited })).toContain('bounded-by-daemon');
    expect(withoutRule({ lines: ['flag --log-opt', 'option max-size=5m'] })).toContain('bounded-by-daemon');
  });

  test('none: today’s containers alone are bounded', () => {
    expect(withoutRule({ content: '{}' })).toContain('rule-missing');
    expect(withoutRule({ content: '{"log-opts": {"max-size": "-1"}}' })).toContain('rule-missing');
  });

  test('changed since the start: today’s containers tell', () => {
    expect(withoutRule({ content: '{}', changed: 60 })).toContain('bounded-by-daemon');
  });
});

test('who bounds the logs is told in numbers: by the daemon’s default, by themselves, nobody', () => {
  const logs =
    'docker /var/lib/docker\nresolved /var/lib/docker/containers\n' +
    `${[1, 2, 3, 4].map((digit) => containerLines(digit)).join('')}drivers\n` +
    `${driverLines(1, 'json-file', '10m')}${driverLines(2, 'json-file', '5m')}${driverLines(3)}` +
    `${driverLines(4, 'journald')}names\n`;
  const [finding] = diagnose(evidenceOf([node(daemonNode({ content: limited, logs }))]));

  expect(finding).toMatchObject({
    facts: {
      limits: { byDefault: 1, byThemselves: 1, none: 1, elsewhere: 1 },
      newContainers: { driver: 'json-file', maxSize: '10m', maxFile: '' },
      liveRestore: false,
    },
  });
});

test.each(languages)('every sentence of these plans has its words in %s', (language) => {
  const translator = createTranslator(language, containerLogs.texts[language]);
  const plans = [
    planned({}, ...both),
    planned({}, 'daemon-log-opts'),
    planned({ content: '{"live-restore": true}' }, ...both),
  ];
  const said = plans.flatMap(({ actions }) => actions.map(({ why }) => translator.text(why.key, why.params)));
  const leaves = (tree: object, at: string): readonly string[] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [`${at}${key}`] : leaves(value as object, `${at}${key}.`),
    );

  expect(said.filter((sentence) => sentence.includes('{{'))).toEqual([]);
  expect(leaves(containerLogs.texts.en, '')).toEqual(leaves(containerLogs.texts[language], ''));
});
