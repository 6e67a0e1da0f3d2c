import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import { languages } from '../../../locales/language.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { ProblemPlan } from '../../problem.ts';
import type { WantedFile } from '../../kit/synchronise.ts';
import { containerLogs } from '../problem.ts';
import { applyActions } from '../testing/apply-actions.ts';
import {
  containerLines,
  driverLines,
  file,
  goodRule,
  mainText,
  node,
  twoContainers,
  type NodeParts,
} from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';
import type { SectionFile } from '../testing/section-files.ts';
import { driftOf } from './drift.ts';
import { planSync } from './plan-sync.ts';

const path = '/etc/logrotate.d/docker';
const other = '/var/log/shop/*.log {\n  weekly\n  rotate 8\n}\n';
const wantedOf = (content: string): Required<WantedFile> => ({
  path,
  source: { name: 'my.conf', content, sha256: createHash('sha256').update(content).digest('hex'), cautions: [] },
});
const wanted = wantedOf(goodRule.replace('rotate 3', 'rotate 5'));

const withFiles = (...files: readonly SectionFile[]): NodeParts => ({
  files: [file('/etc/logrotate.conf', mainText), ...files],
});
const containerd = (parts: NodeParts): NodeParts => ({
  runtimeVersion: 'containerd://1.6.21',
  runtime: 'process containerd 1\ndocker-root /var/lib/docker\n',
  logs: 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n',
  ...parts,
});
const evidence = (parts: NodeParts): Evidence => evidenceOf([node(parts)]);
const told = ({ actions, refused }: ProblemPlan): readonly string[] => [
  ...actions.map((action) =>
    action.kind === 'file'
      ? `${action.path} ${action.to === 'absent' ? 'remove' : action.from === 'absent' ? 'create' : 'change'} ${action.why.key}`
      : action.kind,
  ),
  ...refused.map(({ key, params }) => `${key} ${params['file']}`),
];

describe('what is planned', () => {
  test.each<[string, NodeParts, readonly string[]]>([
    ['no file', withFiles(), [`${path} create why.sync-create`]],
    ['another file', withFiles(file(path, goodRule)), [`${path} change why.sync-replace`]],
    [
      'other bytes with the same meaning',
      withFiles(file(path, `# mine\n${wanted.source.content}`)),
      [`${path} change why.sync-replace`],
    ],
    [
      'a broken file of nothing else',
      withFiles(file(path, goodRule.replace('daily', 'maxsize 5q'))),
      [`${path} change why.sync-replace`],
    ],
    [
      'a mode that logrotate passes over',
      withFiles(file(path, wanted.source.content, 0o666)),
      [`${path} change why.sync-mode`],
    ],
    ['the file', withFiles(file(path, wanted.source.content)), []],
    [
      'every container has a limit of its own',
      {
        ...withFiles(),
        logs:
          `docker /var/lib/docker\nresolved /var/lib/docker/containers\n${containerLines(1)}drivers\n` +
          `${driverLines(1, 'json-file', '10m')}names\n`,
      },
      [`${path} create why.sync-create`],
    ],
    ['kubelet rotates, the file', containerd(withFiles(file(path, goodRule))), [`${path} remove why.remove-rule`]],
    [
      'kubelet rotates, the file with other logs',
      containerd(withFiles(file(path, goodRule + other))),
      [`${path} change why.cut-rule`],
    ],
    ['kubelet rotates, no file', containerd(withFiles()), []],
    [
      'kubelet rotates, no file here, a rule elsewhere',
      containerd(withFiles(file('/etc/logrotate.d/a', goodRule))),
      [],
    ],
  ])('%s', (_name, parts, expected) => {
    const before = evidence(parts);
    const plan = planSync(before, wanted);

    expect(told(plan)).toEqual(expected);
    const after = applyActions(before, plan.actions);
    expect(driftOf(after, wanted).nodes.map(({ state }) => ['same', 'not-expected'].includes(state))).toEqual([true]);
    expect(planSync(after, wanted)).toEqual({ actions: [], refused: [] });
  });

  test('it is validated by the node’s logrotate, and verified by its effect', () => {
    const [action] = planSync(evidence(withFiles()), wanted).actions;

    expect(action).toMatchObject({
      to: { content: wanted.source.content, sha256: wanted.source.sha256, mode: '0644', uid: 0, gid: 0 },
      validate: [{ check: 'container-logs/logrotate-accepts' }],
      verify: [
        {
          check: 'container-logs/rule-covers-logs',
          args: ['/var/lib/docker/containers', expect.stringMatching(/^\{[^]*rotate 5[^]*\}$/), 'daily'],
        },
      ],
      cures: driftOf(evidence(withFiles()), wanted).nodes.map(({ finding }) => finding.fingerprint),
    });
  });

  test('of several data folders the node’s own is checked', () => {
    const both = wantedOf(goodRule + goodRule.replace('/var/lib', '/data'));
    const parts = {
      ...withFiles(),
      runtime: 'process dockerd 7\ndocker-root /data/docker\n',
      logs: twoContainers.replaceAll('/var/lib/docker', '/data/docker'),
    };

    expect(planSync(evidence(parts), both).actions[0]).toMatchObject({
      verify: [{ args: ['/data/docker/containers', expect.any(String), 'daily'] }],
    });
  });
});

describe('what is left to a person', () => {
  test.each<[string, NodeParts, string]>([
    [
      'another file claims the logs',
      withFiles(file('/etc/logrotate.d/a', goodRule)),
      'refused.claimed-elsewhere /etc/logrotate.d/a',
    ],
    [
      'another file claims them before this one',
      withFiles(file('/etc/logrotate.d/a', goodRule), file(path, wanted.source.content)),
      'refused.claimed-elsewhere /etc/logrotate.d/a',
    ],
    [
      'another file claims them behind this one',
      withFiles(file(path, goodRule), file('/etc/logrotate.d/z', goodRule)),
      `refused.claimed-elsewhere /etc/logrotate.d/z`,
    ],
    [
      'the main file claims them',
      { files: [file('/etc/logrotate.conf', mainText + goodRule)] },
      'refused.claimed-elsewhere /etc/logrotate.conf',
    ],
    ['rules for other logs in the file', withFiles(file(path, goodRule + other)), `refused.holds-others ${path}`],
    [
      'settings for every file after it',
      withFiles(file(path, `compress\n${goodRule}`), file('/etc/logrotate.d/shop', other)),
      `refused.holds-others ${path}`,
    ],
    [
      'a link',
      { ...withFiles(file(path, goodRule)), head: ['accounts root root', 'folder /etc/logrotate.d', `link ${path}`] },
      `refused.symlink ${path}`,
    ],
    [
      'a link to nothing',
      { ...withFiles(), head: ['accounts root root', 'folder /etc/logrotate.d', `dangling ${path}`] },
      `refused.symlink ${path}`,
    ],
    ['bytes that are not text', withFiles(file(path, `# caf\xe9\n${goodRule}`)), `refused.not-text ${path}`],
    [
      'no folder for rules',
      { head: ['accounts root root', 'missing /etc/logrotate.d'], files: [file('/etc/logrotate.conf', 'weekly\n')] },
      'refused.no-place /etc/logrotate.d',
    ],
    [
      'a main file that does not include the folder',
      { files: [file('/etc/logrotate.conf', 'weekly\n')] },
      'findings.rule-ignored.not-included /etc/logrotate.d/docker',
    ],
    [
      'docker’s folder elsewhere',
      {
        ...withFiles(),
        runtime: 'process dockerd 7\ndocker-root /data/docker\n',
        logs: twoContainers.replaceAll('/var/lib/docker', '/data/docker'),
      },
      'findings.rule-does-not-cover.pattern /etc/logrotate.d/docker',
    ],
    [
      'folders open to others',
      { ...withFiles(), logs: twoContainers.replace('41c8 0 0', '41f8 0 4') },
      `findings.rule-does-not-cover.insecure-folder ${path}`,
    ],
    [
      'kubelet rotates, and other files fight it too',
      containerd(
        withFiles(file(path, goodRule), file('/etc/logrotate.d/pods', '/var/log/pods/*/*/*.log {\n  daily\n}\n')),
      ),
      `refused.others-remain ${path}`,
    ],
  ])('%s', (_name, parts, expected) => {
    const plan = planSync(evidence(parts), wanted);

    expect(told(plan)).toEqual([expected]);
    const drift = driftOf(evidence(parts), wanted).nodes.map(({ finding }) => finding.fingerprint);
    expect(plan.refused.map(({ fingerprint }) => fingerprint)).toEqual(drift);
    expect(
      languages.map((language) =>
        createTranslator(language, containerLogs.texts[language]).has(plan.refused[0]?.key ?? ''),
      ),
    ).toEqual([true, true]);
  });

  test('a word that the node’s release does not know', () => {
    const newer = wantedOf(goodRule.replace('daily', 'daily\n  minage 0\n  ignoreduplicates'));

    expect(told(planSync(evidence({ ...withFiles(), version: '3.14.0' }), newer))).toEqual([
      `findings.rule-has-errors.unknown-directive ${path}`,
    ]);
    expect(told(planSync(evidence({ ...withFiles(), version: '3.22.0' }), newer))).toEqual([
      `${path} create why.sync-create`,
    ]);
  });
});

test('a user that the node does not know', () => {
  const owned = wantedOf(goodRule.replace('daily', 'daily\n  create 0640 root nosuch-group'));

  expect(told(planSync(evidence(withFiles()), owned))).toEqual([`findings.rule-broken.unknown-user ${path}`]);
});

test('a node that could not be seen gets no action', () => {
  const silent = {
    ...node(),
    access: { state: 'unknown', reason: 'timed-out', detail: 'no answer' } as const,
    sections: {},
  };

  expect(planSync(evidenceOf([silent]), wanted)).toEqual({ actions: [], refused: [] });
});

test('only drifted nodes are touched, and twice the same evidence gives the same plan', () => {
  const content = fc.constantFrom(
    undefined,
    goodRule,
    wanted.source.content,
    `# x\n${wanted.source.content}`,
    goodRule.replace('copytruncate', 'create'),
  );
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 5 }), (contents) => {
      const nodes = contents.map((one, index) => ({
        ...node(withFiles(...(one === undefined ? [] : [file(path, one)]))),
        name: `w${index}`,
      }));
      const plan = planSync(evidenceOf(nodes), wanted);

      expect(plan.refused).toEqual([]);
      expect(plan.actions.map((action) => action.node)).toEqual(
        nodes.filter((_, index) => contents[index] !== wanted.source.content).map(({ name }) => name),
      );
      expect(planSync(structuredClone(evidenceOf(nodes)), wanted)).toEqual(plan);
    }),
    { numRuns: 100 },
  );
});
