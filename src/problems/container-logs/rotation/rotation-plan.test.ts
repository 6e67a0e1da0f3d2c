import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileAction } from '../../../actions/file/file-action.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { ProblemPlan } from '../../problem.ts';
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

const planned = (parts: NodeParts): ProblemPlan => {
  const evidence = evidenceOf([node(parts)]);
  return containerLogs.plan({ evidence, findings: containerLogs.diagnose(evidence) });
};
const withFiles = (...files: readonly SectionFile[]): NodeParts => ({
  files: [file('/etc/logrotate.conf', mainText), ...files],
});
const filesOf = ({ actions }: ProblemPlan): readonly FileAction[] => actions.filter((action) => action.kind === 'file');
const told = (plan: ProblemPlan): readonly string[] => [
  ...filesOf(plan).map((action) => `${action.path} ${kindOf(action)} ${action.why.key}`),
  ...plan.refused.map(({ key, params }) => `${key} ${params['file']}`),
];
const kindOf = ({ from, to }: FileAction): string =>
  to === 'absent' ? 'remove' : from === 'absent' ? 'create' : 'change';
const contentOf = (plan: ProblemPlan, path: string): string => {
  const action = filesOf(plan).find((one) => one.path === path);
  return action === undefined || action.to === 'absent' ? '' : action.to.content;
};

const docker = '/etc/logrotate.d/docker';
const badRule = goodRule.replace('copytruncate', 'create');
const other = '/var/log/shop/*.log {\n  weekly\n  rotate 8\n}\n';
const criParts = {
  runtimeVersion: 'containerd://1.6.21',
  runtime: 'process containerd 1\ndocker-root /var/lib/docker\n',
  logs: 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n',
};
const podRule = '/var/log/pods/*/*/*.log {\n  daily\n}\n';

describe('where the rule goes', () => {
  test.each<[string, NodeParts, readonly string[]]>([
    ['no file', withFiles(), [`${docker} create why.create-rule`]],
    ['today’s rule', withFiles(file(docker, badRule)), [`${docker} change why.replace-rule`]],
    [
      'a rule under another name',
      withFiles(file('/etc/logrotate.d/container-logs', badRule)),
      ['/etc/logrotate.d/container-logs change why.replace-rule'],
    ],
    [
      'a rule of others by docker’s name',
      withFiles(file(docker, other)),
      ['/etc/logrotate.d/docker-containers create why.create-rule'],
    ],
    [
      'a broken link by docker’s name',
      { ...withFiles(), head: ['accounts root root', 'folder /etc/logrotate.d', `dangling ${docker}`] },
      ['refused.spoilt /etc/logrotate.d/docker'],
    ],
    [
      'a rule in the main file',
      { files: [file('/etc/logrotate.conf', `${mainText}${badRule}`)] },
      ['/etc/logrotate.conf change why.replace-rule'],
    ],
    ['a good rule with the wrong mode', withFiles(file(docker, goodRule, 0o664)), [`${docker} change why.fix-mode`]],
    ['a bad rule with the wrong mode', withFiles(file(docker, badRule, 0o664)), [`${docker} change why.replace-rule`]],
    [
      'the same with rules of others',
      withFiles(file(docker, badRule + other, 0o664)),
      ['/etc/logrotate.d/docker-containers create why.create-rule'],
    ],
    [
      'a rule that runs a program, with the wrong owner',
      withFiles(file(docker, goodRule.replace('daily', 'daily\n  postrotate\n  /bin/x\n  endscript'), 0o644, 5)),
      [`${docker} change why.replace-rule`],
    ],
    [
      'two good rules',
      withFiles(file('/etc/logrotate.d/a', goodRule), file('/etc/logrotate.d/b', goodRule)),
      ['/etc/logrotate.d/b remove why.remove-duplicate'],
    ],
    [
      'two good rules, one among others',
      withFiles(file('/etc/logrotate.d/a', goodRule), file('/etc/logrotate.d/b', other + goodRule)),
      ['/etc/logrotate.d/b change why.cut-duplicate'],
    ],
    [
      'a bad rule and a good one behind',
      withFiles(file('/etc/logrotate.d/a', badRule), file('/etc/logrotate.d/b', goodRule)),
      ['/etc/logrotate.d/b remove why.remove-duplicate', '/etc/logrotate.d/a change why.replace-rule'],
    ],
    [
      'a rule on links beside',
      withFiles(file('/etc/logrotate.d/a', '/var/log/containers/*.log {\n  daily\n}\n')),
      ['/etc/logrotate.d/a change why.replace-rule'],
    ],
    [
      'a rule on links and others beside',
      withFiles(file('/etc/logrotate.d/a', '/var/log/x /var/log/containers/*.log {\n  daily\n}\n')),
      [`${docker} create why.create-rule`],
    ],
  ])('%s', (_name, parts, expected) => {
    expect(told(planned(parts))).toEqual(expected);
  });
});

describe('what is left to a person', () => {
  const notText = { ...file(docker, `# caf\xe9\n${badRule}`) };

  test.each<[string, NodeParts, string]>([
    [
      'the rule is about other logs too',
      withFiles(file(docker, badRule.replace('/var/lib', '/var/log/x.log /var/lib'))),
      'refused.mixed-block',
    ],
    [
      'no folder for rules',
      { head: ['accounts root root'], files: [file('/etc/logrotate.conf', 'weekly\n')] },
      'refused.no-place',
    ],
    ['the main file does not include the folder', withFiles(), 'refused.no-cure'],
    ['the main file is passed over', { files: [file('/etc/logrotate.conf', mainText, 0o666)] }, 'refused.no-cure'],
    [
      'a link',
      {
        ...withFiles(file(docker, badRule)),
        head: ['accounts root root', 'folder /etc/logrotate.d', `link ${docker}`],
      },
      'refused.symlink',
    ],
    ['bytes that are not text', withFiles(notText), 'refused.not-text'],
    [
      'docker’s folder has an odd name',
      {
        ...withFiles(),
        runtime: 'process dockerd 7\ndocker-root /data/{x}\n',
        logs: twoContainers.replaceAll('/var/lib/docker', '/data/{x}'),
      },
      'refused.odd-path',
    ],
  ])('%s', (name, parts, expected) => {
    const changed = name.startsWith('the main file does not')
      ? { ...parts, files: [file('/etc/logrotate.conf', 'weekly\n')] }
      : parts;

    expect(planned(changed).refused.map(({ key }) => key)).toEqual([expected]);
    expect(planned(changed).actions).toEqual([]);
  });

  test('every reason has its words', () => {
    const { has } = createTranslator('ko', containerLogs.texts.ko);
    const reasons = [
      'mixed-block',
      'broken-file',
      'no-place',
      'odd-path',
      'no-cure',
      'symlink',
      'holds-secrets',
      'not-text',
      'not-a-file',
      'unread',
    ];

    expect(reasons.filter((reason) => !has(`refused.${reason}`))).toEqual([]);
  });
});

describe('the rule', () => {
  test('overrides what stands before the include and would spoil it', () => {
    const plan = planned({
      files: [
        file(
          '/etc/logrotate.conf',
          `minsize 5G\nminage 3\nolddir old\nnocompress\ncopy\nsu nobody adm\nmail root\n${mainText}`,
        ),
      ],
    });

    expect(contentOf(plan, docker)).toMatch(
      /minsize 0\n +minage 0\n +nocopy\n +noolddir\n +nomail\n +su root root\n\}\n$/,
    );
  });

  test('has su where a container’s folder is open to others', () => {
    const plan = planned({ ...withFiles(), logs: twoContainers.replace('41c8 0 0', '41f8 0 4') });

    expect(contentOf(plan, docker)).toContain('    su root root\n');
  });

  test('is written for docker’s own folder, quoted where that is needed', () => {
    const logs = twoContainers.replaceAll('/var/lib/docker', '/data/my docker');
    const plan = planned({ ...withFiles(), runtime: 'process dockerd 7\ndocker-root /data/my docker\n', logs });

    expect(contentOf(plan, docker)).toContain('"/data/my docker/containers/*/*-json.log" {\n');
    expect(filesOf(plan)[0]?.verify[0]?.args[0]).toBe('/data/my docker/containers');
  });

  test('is tried out with a size that a small log has', () => {
    const plan = planned(withFiles(file(docker, goodRule.replace('daily', 'size 500M'), 0o666)));

    expect(contentOf(plan, docker)).toContain('size 500M');
    expect(filesOf(plan)[0]?.verify[0]?.args[1]).toContain('size 1k');
  });

  test('names what it cures, how it is checked, and what the file was', () => {
    const evidence = evidenceOf([node(withFiles(file(docker, badRule, 0o640)))]);
    const findings = containerLogs.diagnose(evidence);
    const [action] = containerLogs.plan({ evidence, findings }).actions;

    expect(action).toMatchObject({
      id: `file:worker-1:${docker}`,
      cures: findings.map(({ fingerprint }) => fingerprint),
      from: { content: badRule, mode: '0640', uid: 0, gid: 0 },
      to: { mode: '0644', uid: 0, gid: 0 },
      validate: [{ check: 'container-logs/logrotate-accepts', args: [] }],
      verify: [
        { check: 'container-logs/rule-covers-logs', args: ['/var/lib/docker/containers', expect.any(String), 'daily'] },
      ],
    });
  });
});

describe('all that is not the rule', () => {
  const otherBlock = fc.constantFrom(
    other,
    '"/var/log/a b.log" {\n\trotate 2\n\tpostrotate\n\t\tkill -HUP 1 # }\n\tendscript\n}\n',
    '/var/log/one\n/var/log/two\n{\n  monthly\n}\n',
    '# a comment with /var/lib/docker/containers/*/*-json.log { in it\n',
    '\n\n   \n',
    '# no newline after this block\n/var/log/x {\n}',
  );
  const files = fc.tuple(
    fc.array(otherBlock, { maxLength: 3 }),
    fc.array(otherBlock, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(badRule, badRule.replace('daily', 'maxsize 5q')),
  );

  test('stays to the byte, on docker nodes', () => {
    fc.assert(
      fc.property(files, ([before, after, rule]) => {
        const start = before.map((text) => (text.endsWith('\n') ? text : `${text}\n`)).join('');
        const end = after.filter((text, index) => text.endsWith('\n') || index === after.length - 1).join('');
        const evidence = evidenceOf([node(withFiles(file('/etc/logrotate.d/shop', start + rule + end)))]);
        const plan = containerLogs.plan({ evidence, findings: containerLogs.diagnose(evidence) });
        const { actions, refused } = plan;

        expect(refused).toEqual([]);
        for (const action of filesOf(plan).filter(({ path }) => path.endsWith('/shop'))) {
          const content = action.to === 'absent' ? '' : action.to.content;
          const holdsOthers = /\{\n?[^}]*\}/.test(`${start}${end}`.replaceAll(/#.*/g, ''));
          if (holdsOthers) expect([content.startsWith(start), content.endsWith(end)]).toEqual([true, true]);
        }
        const later = applyActions(evidence, actions);
        expect(containerLogs.diagnose(later).map(({ status }) => status)).toEqual(['pass']);
      }),
      { numRuns: 60 },
    );
  });

  test('stays to the byte where kubelet rotates', () => {
    fc.assert(
      fc.property(
        fc.array(
          otherBlock.filter((text) => text.includes('{\n') && text.endsWith('\n')),
          { minLength: 1, maxLength: 3 },
        ),
        fc.nat(3),
        (blocks, at) => {
          const unique = [...new Set(blocks)].filter((text) => !text.startsWith('#'));
          fc.pre(unique.length > 0);
          const place = Math.min(at, unique.length);
          const content = [...unique.slice(0, place), podRule, ...unique.slice(place)].join('');
          const plan = planned({ ...criParts, ...withFiles(file('/etc/logrotate.d/shop', content)) });

          expect(plan.refused).toEqual([]);
          expect(contentOf(plan, '/etc/logrotate.d/shop')).toBe(unique.join(''));
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('where kubelet rotates a file of nothing else goes, comments and all', () => {
  expect(
    told(
      planned({
        ...criParts,
        ...withFiles(file('/etc/logrotate.d/pods', `# for the pods\n${podRule}\n`), file(docker, goodRule)),
      }),
    ),
  ).toEqual([`${docker} remove why.remove-rule`, '/etc/logrotate.d/pods remove why.remove-rule']);
});

test('docker beside kubelet’s runtime keeps its rule', () => {
  const both = {
    runtimeVersion: 'containerd://1.6.21',
    logs: `docker /var/lib/docker\nresolved /var/lib/docker/containers\n${containerLines(1)}drivers\n${driverLines(1)}names\npods\n`,
  };

  expect(
    told(planned({ ...both, ...withFiles(file(docker, goodRule), file('/etc/logrotate.d/pods', podRule)) })),
  ).toEqual(['/etc/logrotate.d/pods remove why.remove-rule']);
});

test('a node without a finding is left alone', () => {
  expect(planned({})).toEqual({ actions: [], refused: [] });
  expect(containerLogs.plan({ evidence: evidenceOf([node({})]), findings: [] })).toEqual({ actions: [], refused: [] });
});
