import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { createTranslator } from '../../../locales/translator.ts';
import { asBytes } from '../../kit/file-edit.ts';
import type { Drift, SourceFile } from '../../kit/synchronise.ts';
import { containerLogs } from '../problem.ts';
import { file, goodRule, mainText, node, type NodeParts } from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';
import { driftOf } from './drift.ts';
import { synchronise } from './synchronise.ts';

const path = '/etc/logrotate.d/docker';
const others = goodRule.replace('rotate 3', 'rotate 5');
const sameMeaning = `# by hand\n${goodRule}`;

function sourceOf(content: string): SourceFile {
  return { name: 'docker.conf', content, sha256: createHash('sha256').update(content).digest('hex'), cautions: [] };
}

const named = (name: string, parts: NodeParts): NodeEvidence => ({ ...node(parts), name });
/** A docker node with this file, or with none. */
const having = (content: string | undefined, mode?: number, uid?: number): NodeParts => ({
  files: [
    file('/etc/logrotate.conf', mainText),
    // A section is one character a byte; what is not ASCII is on the node's disk in UTF-8, as in the source.
    ...(content === undefined ? [] : [file(path, asBytes(content), mode, uid)]),
  ],
});
const containerd: NodeParts = {
  runtimeVersion: 'containerd://1.6.21',
  runtime: 'process containerd 1\ndocker-root /var/lib/docker\n',
  logs: 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n',
};
const cluster = (...parts: readonly NodeParts[]): Evidence =>
  evidenceOf(parts.map((one, index) => named(`worker-${index + 1}`, one)));
const states = ({ nodes }: Drift): readonly string[] => nodes.map(({ state }) => state);
const english = createTranslator('en', containerLogs.texts.en);
const said = ({ nodes }: Drift, index: number): string =>
  english.text(nodes[index]?.finding.text.key ?? '', nodes[index]?.finding.text.params);

describe('against a source', () => {
  test.each<[string, NodeParts, string]>([
    ['the same bytes', having(goodRule), 'same'],
    ['the same bytes, for its owner alone', having(goodRule, 0o600), 'same'],
    ['other bytes', having(sameMeaning), 'other-bytes'],
    ['another meaning', having(others), 'other-meaning'],
    ['a rule that is thrown away', having(goodRule.replace('rotate 3', 'maxsize 5q')), 'other-meaning'],
    ['no file', having(undefined), 'missing'],
    ['a mode that logrotate passes over', having(goodRule, 0o666), 'not-in-force'],
    ['other bytes with a mode that logrotate passes over', having(sameMeaning, 0o664), 'not-in-force'],
    ['an owner that logrotate passes over', having(goodRule, 0o644, 1000), 'not-in-force'],
    [
      'a main file that includes nothing',
      { files: [file('/etc/logrotate.conf', 'weekly\n'), file(path, goodRule)] },
      'not-in-force',
    ],
    [
      'another rule before it',
      { files: [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/a', others), file(path, goodRule)] },
      'not-in-force',
    ],
    ['kubelet rotates, no file', { ...containerd, ...having(undefined) }, 'not-expected'],
    ['kubelet rotates, the file', { ...containerd, ...having(goodRule) }, 'unexpected'],
    ['kubelet rotates, another file', { ...containerd, ...having(others, 0o666) }, 'unexpected'],
    [
      'kubelet rotates, somebody else’s file of that name',
      { ...containerd, ...having('/var/log/docker.log {\n  weekly\n}\n') },
      'not-expected',
    ],
    [
      'a file that changed while it was read',
      {
        ...having(goodRule),
        sections: { 'logrotate/files': { state: 'unknown', reason: 'truncated', detail: 'cut' } },
      },
      'unknown',
    ],
    ['no logrotate', { ...having(goodRule), version: 'none' }, 'unknown'],
  ])('%s', (_name, parts, state) => {
    const drift = driftOf(cluster(parts), { path, source: sourceOf(goodRule) });

    expect(states(drift)).toEqual([state]);
    expect(drift.nodes[0]?.finding.status).toBe(
      state === 'unknown' ? 'unknown' : ['same', 'not-expected'].includes(state) ? 'pass' : 'fail',
    );
    expect(english.has(drift.nodes[0]?.finding.text.key ?? '')).toBe(true);
  });

  test('what is different is said as what it means', () => {
    const drift = driftOf(cluster(having(others), having(sameMeaning)), { path, source: sourceOf(goodRule) });

    expect(drift.nodes.map(({ changes }) => changes.map(({ key, params }) => english.text(key, params)))).toEqual([
      ['rotate 5 → 3'],
      [],
    ]);
    expect(said(drift, 1)).toMatch(/effect is the same/);
  });

  test('why the right bytes do nothing is named', () => {
    const parts = [
      having(goodRule, 0o666),
      { files: [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/a', others), file(path, goodRule)] },
    ];
    const drift = driftOf(cluster(...parts), { path, source: sourceOf(goodRule) });

    expect(said(drift, 0)).toContain('0666');
    expect(said(drift, 1)).toContain('/etc/logrotate.d/a');
  });

  test('a node that did not answer is never the same', () => {
    const silent = {
      ...node(),
      access: { state: 'unknown', reason: 'timed-out', detail: 'no answer' } as const,
      sections: {},
    };
    const drift = driftOf(evidenceOf([silent]), { path, source: sourceOf(goodRule) });

    expect(states(drift)).toEqual(['unknown']);
    expect(drift.nodes[0]?.finding).toMatchObject({ status: 'unknown', reason: 'timed-out' });
  });

  test('a secret is masked on its way here, and the bytes are compared anyway', () => {
    const secret = goodRule.replace('daily', 'daily\n  # password=***');
    const evidence = cluster(having(secret));
    // As it arrives: the checksum covers the bytes on the node.
    const own = goodRule.replace('daily', 'daily\n  # password=hunter2');
    const masked = JSON.parse(JSON.stringify(evidence), (key, value: unknown) => {
      if (key !== 'output' || typeof value !== 'string') return value;
      const text = Buffer.from(value, 'base64').toString('latin1');
      return Buffer.from(
        text.replace(createHash('sha256').update(secret).digest('hex'), createHash('sha256').update(own).digest('hex')),
        'latin1',
      ).toString('base64');
    }) as Evidence;

    expect(states(driftOf(masked, { path, source: sourceOf(own) }))).toEqual(['same']);
    expect(states(driftOf(masked, { path, source: sourceOf(own.replace('hunter2', 'hunter3')) }))).not.toEqual([
      'same',
    ]);
  });
});

describe('against each other', () => {
  const drift = (...parts: readonly NodeParts[]): Drift => driftOf(cluster(...parts), { path });

  test('what more than half of them have is the reference', () => {
    const found = drift(having(goodRule), having(others), having(goodRule), { ...containerd, ...having(others) });

    expect(found.reference).toMatchObject({ kind: 'majority', count: 2, of: 3, version: { content: goodRule } });
    expect(states(found)).toEqual(['same', 'other-meaning', 'same', 'unexpected']);
  });

  test('that most have none is a reference too', () => {
    const found = drift(having(undefined), having(undefined), having(others));

    expect(found.reference).toEqual({ kind: 'majority', version: 'absent', count: 2, of: 3 });
    expect(states(found)).toEqual(['same', 'same', 'extra']);
  });

  test('a tie is a tie, and no reference', () => {
    const found = drift(having(goodRule), having(others));

    expect(found.reference).toMatchObject({ kind: 'tie', count: 1, of: 2, versions: 2 });
    expect(states(found)).toEqual(['undecided', 'undecided']);
    expect(found.nodes.map(({ changes }) => changes.length)).toEqual([0, 1]);
    expect(found.nodes.every(({ finding }) => finding.status === 'fail' && !finding.remedy)).toBe(true);
  });

  test('the most frequent of several is none either', () => {
    const found = drift(having(goodRule), having(goodRule), having(others), having(sameMeaning), having(undefined));

    expect(found.reference).toMatchObject({ kind: 'split', count: 2, of: 5, versions: 4 });
    expect(new Set(states(found))).toEqual(new Set(['undecided']));
  });

  test('one node is compared with nothing, however many others kubelet keeps', () => {
    const found = drift(having(goodRule), { ...containerd, ...having(undefined) });

    expect(found.reference).toEqual({ kind: 'none', of: 1 });
    expect(states(found)).toEqual(['undecided', 'not-expected']);
  });

  test('nodes that were not seen have no vote', () => {
    const silent = {
      ...named('worker-9', {}),
      access: { state: 'unknown', reason: 'unreachable', detail: 'gone' } as const,
      sections: {},
    };
    const found = driftOf(
      evidenceOf([named('worker-1', having(goodRule)), named('worker-2', having(goodRule)), silent]),
      { path },
    );

    expect(found.reference).toMatchObject({ kind: 'majority', count: 2, of: 2 });
    expect(states(found)).toEqual(['same', 'same', 'unknown']);
  });
});

const anyText = fc.oneof(
  fc.constantFrom(goodRule, others, sameMeaning, '', '# nothing\n'),
  fc
    .array(fc.constantFrom('/a/*.log {', '}', '\n', ' daily', 'rotate 2', '"', '\\', ' é', '# x'), { maxLength: 8 })
    .map((parts) => parts.join('')),
);

test('nodes with equal bytes never drift from each other in meaning, whatever the bytes are', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 4 }), (content, count) => {
      const found = driftOf(cluster(...Array.from({ length: count }, () => having(content))), { path });

      expect(found.reference).toMatchObject({ kind: 'majority', count, of: count });
      expect(
        found.nodes.every(({ state, changes }) => ['same', 'not-in-force'].includes(state) && changes.length === 0),
      ).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('a meaning that differs is never called the same, nor the other way round', () => {
  fc.assert(
    fc.property(anyText, anyText, (wanted, found) => {
      const [one] = driftOf(cluster(having(found)), { path, source: sourceOf(wanted) }).nodes;

      expect(one?.state === 'other-meaning').toBe((one?.changes.length ?? 0) > 0);
      if (wanted !== found) expect(['other-bytes', 'other-meaning', 'not-in-force']).toContain(one?.state);
      else expect(['same', 'not-in-force']).toContain(one?.state);
    }),
    { numRuns: 300 },
  );
});

test('the default path is one that may be named', () => {
  expect(synchronise.refusePath(synchronise.defaultPath)).toBeUndefined();
});
