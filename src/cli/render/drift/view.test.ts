import { describe, expect, test } from 'vitest';
import { driftExit } from '../../../engine/drift-exit.ts';
import { words } from '../fixtures/narrow.ts';
import { containerd, having, reportOf, rule } from '../../../app/testing/sample-drift.ts';
import { displayWidth } from '../width.ts';
import type { DriftReport } from '../../../app/documents/drift/report.ts';
import { renderDrift } from './view.ts';
import { driftContext } from '../fixtures/sample-context.ts';

const others = rule.replace('rotate 3', 'rotate 10');
const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);

/** A cluster as it grows: most nodes as they should be, some from an older image, some by hand. */
const grown = reportOf(
  [
    ...numbered('worker', 40).map((name) => [name, having(rule)] as const),
    ...numbered('old', 12).map((name) => [name, having(others)] as const),
    ...numbered('hand', 2).map((name) => [name, having(`# by hand\n${rule}`)] as const),
    ['hand-3', having(rule, 0o666)],
    ...numbered('new', 5).map((name) => [name, having(undefined)] as const),
    ...numbered('cri', 9).map((name) => [name, containerd()] as const),
    ['cri-10', containerd(rule)],
    ['gone-1', 'silent'],
  ],
  rule,
);

const shown = (report: DriftReport, language: 'en' | 'ko' = 'en', width = 80, diffs = true): string =>
  renderDrift(
    report,
    { diffs, next: 'nodemend container-logs sync --from docker.conf' },
    driftContext(language, width),
  );

describe('against a source', () => {
  test('English', () => {
    expect(shown(grown)).toMatchInlineSnapshot(`
      "Hosts file, no API server, 71 nodes, via ssh, 2026-11-24 09:30 UTC
      /etc/logrotate.d/docker, compared with docker.conf (sha256 893b9afae4a5).

      NO EFFECT  1 node
        hand-3
        logrotate skips the file because of its mode (0666).

      DIFFERENT  12 nodes
        old-[1-12]
        The file has a different effect.
        rotate 10 → 3
        --- a/etc/logrotate.d/docker	on these nodes
        +++ b/etc/logrotate.d/docker	docker.conf
        @@ -1,6 +1,6 @@
         /var/lib/docker/containers/*/*-json.log {
           daily
        -  rotate 10
        +  rotate 3
           copytruncate
           missingok
         }

      OTHER BYTES  2 nodes
        hand-[1-2]
        The content differs, but the effect is the same.
        --- a/etc/logrotate.d/docker	on these nodes
        +++ b/etc/logrotate.d/docker	docker.conf
        @@ -1,4 +1,3 @@
        -# by hand
         /var/lib/docker/containers/*/*-json.log {
           daily
           rotate 3

      MISSING  5 nodes
        new-[1-5]
        There is no such file.

      UNEXPECTED  1 node
        cri-10
        kubelet rotates the container logs, so this file should not be there.

      SAME  40 nodes
        worker-[1-40]

      NOT NEEDED  9 nodes
        cri-[1-9]
        kubelet rotates the container logs, so no file is needed, and there is none.

      UNKNOWN  1 of 71 nodes could not be checked
        gone-1: no response from 10.0.0.9 port 22 within 10 s. [SSH_TIMED_OUT]
          Open TCP 22 in the node's security group, or specify a bastion with
          --bastion.

      21 of 71 nodes differ. 1 more could not be checked.

      Next: nodemend container-logs sync --from docker.conf
      "
    `);
  });

  test('Korean names each state, and how many nodes are in it', () => {
    const text = words(shown(grown, 'ko', 80, false));

    for (const state of [
      '효과 없음 노드 1개 hand-3',
      '다름 노드 12개 old-[1-12]',
      '내용만 다름 노드 2개 hand-[1-2]',
      '없음 노드 5개 new-[1-5]',
      '있으면 안 됨 노드 1개 cri-10',
      '같음 노드 40개 worker-[1-40]',
      '필요 없음 노드 9개 cri-[1-9]',
      '확인 불가 노드 71개 중 1개를 확인하지 못했습니다 gone-1',
      '노드 71개 중 21개가 다릅니다. 이 밖에 1개는 확인하지 못했습니다.',
    ])
      expect(text).toContain(state);
    expect(text).not.toContain('---');
  });

  test.each([80, 60, 40])('%d columns hold all but the bytes and what is to be typed', (width) => {
    for (const language of ['en', 'ko'] as const) {
      const wide = shown(grown, language, width)
        .split('\n')
        .filter((line) => displayWidth(line) > width && !/^(?:Next|다음)|^ {2}(?:---|\+\+\+|[-+ @])/.test(line));
      expect(wide).toEqual([]);
    }
  });
});

describe('against each other', () => {
  test('a tie shows the versions side by side, and calls none of them right', () => {
    const text = words(
      shown(
        reportOf([
          ['a-1', having(rule)],
          ['a-2', having(rule)],
          ['b-1', having(others)],
          ['b-2', having(others)],
          ['c-1', having(undefined)],
        ]),
      ),
    );

    expect(text).toContain(
      'no reference, because of a tie. Of the 3 versions on 5 nodes, several are on 2 nodes each.',
    );
    expect(text).toContain('VERSION 1 2 nodes a-[1-2] sha256 893b9afae4a5');
    expect(text).toMatch(/VERSION 2 2 nodes b-\[1-2\] sha256 9c9a9c7f7902 From here to version 1: rotate 10 → 3 --- a/);
    expect(text).toContain('VERSION 3 1 node c-1 The file does not exist.');
    expect(text).toContain('5 nodes do not agree: save the correct version to a file, and compare with --from.');
  });

  test('a majority', () => {
    const view = shown(
      reportOf([
        ['a-1', having(rule)],
        ['a-2', having(rule)],
        ['b-1', having(others)],
      ]),
    );

    expect(view).toMatch(/compared with the version on 2 of the 3\s+nodes/);
    expect(view).toMatch(/DIFFERENT {2}1 node\n {2}b-1\n[^]*rotate 10 → 3/);
    expect(view).toMatch(/\+\+\+ b\S+\ton most nodes/);
  });
});

/** The last sentence, and the exit code that goes with it. */
test.each<[string, DriftReport, RegExp, number]>([
  [
    'all the same',
    reportOf(
      [
        ['a', having(rule)],
        ['b', having(rule)],
      ],
      rule,
    ),
    /The file is the same on all 2 nodes that should have it\./,
    0,
  ],
  [
    'one',
    reportOf(
      [
        ['a', having(rule)],
        ['b', containerd()],
      ],
      rule,
    ),
    /The only node that should have the file has the correct one\./,
    0,
  ],
  [
    'none needs it',
    reportOf(
      [
        ['a', containerd()],
        ['b', containerd()],
      ],
      rule,
    ),
    /None of the 2 nodes needs this file\./,
    0,
  ],
  ['none needs it, without a source', reportOf([['a', containerd()]]), /The node does not need this file\./, 0],
  [
    'one differs',
    reportOf(
      [
        ['a', having(others)],
        ['b', having(rule)],
      ],
      rule,
    ),
    /1 of 2 nodes differ/,
    3,
  ],
  [
    'one differs, one is silent',
    reportOf(
      [
        ['a', having(others)],
        ['b', 'silent'],
      ],
      rule,
    ),
    /1 of 2 nodes differ\. 1 more could not be checked\./,
    3,
  ],
  [
    'one is silent',
    reportOf(
      [
        ['a', having(rule)],
        ['b', 'silent'],
      ],
      rule,
    ),
    /1 of 2 nodes could not be checked: this is not an all-clear\./,
    5,
  ],
  [
    'all are silent',
    reportOf([
      ['a', 'silent'],
      ['b', 'silent'],
    ]),
    /2 of 2 nodes could not be checked: this is not an all-clear\./,
    5,
  ],
  [
    'one alone',
    reportOf([
      ['a', having(rule)],
      ['b', containerd()],
    ]),
    /A single node cannot be compared/,
    5,
  ],
  [
    'a tie',
    reportOf([
      ['a', having(rule)],
      ['b', having(others)],
    ]),
    /2 nodes do not agree/,
    3,
  ],
])('%s', (_name, report, sentence, exitCode) => {
  expect(renderDrift(report, { diffs: true }, driftContext('en')).replaceAll('\n', ' ')).toMatch(sentence);
  expect(driftExit(report.drift)).toBe(exitCode);
});

test('what the author of a source should know is told', () => {
  const report = reportOf([['a', having(rule)]], rule);
  const { reference } = report.drift;
  if (reference.kind !== 'source') throw new Error('no source');
  const cautioned = {
    ...report,
    drift: {
      ...report.drift,
      reference: {
        kind: 'source',
        source: {
          ...reference.source,
          cautions: [{ key: 'findings.rule-too-rare.weekly', params: { file: 'docker.conf' } }],
        },
      } as const,
    },
  };

  expect(shown(cautioned).replaceAll('\n', ' ')).toContain('Warning: The rule in docker.conf rotates once a week');
});

test('control characters of a node’s file do not reach the terminal', () => {
  expect(shown(reportOf([['a', having(`${rule}# \u001b[2J\n`)]], rule))).not.toContain('\u001b');
});
