import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedReplacements, type ReplacementFault } from './replacement.ts';
import { retiredNames, retiredPrefixes } from './successor.ts';

const bitnami = { from: 'docker.io/bitnami', to: 'docker.io/bitnamilegacy' };

describe('a line that cannot be used', () => {
  test.each<[ReplacementFault, 'from' | 'to', { readonly from: string; readonly to: string }[]]>([
    ['form', 'from', [{ from: 'Docker.io/Bitnami', to: 'docker.io/x' }]],
    ['form', 'from', [{ from: 'https://docker.io/bitnami', to: 'docker.io/x' }]],
    ['form', 'to', [{ from: 'docker.io/bitnami', to: 'docker.io/a b' }]],
    ['registry', 'from', [{ from: 'bitnami', to: 'docker.io/x' }]],
    ['registry', 'to', [{ from: 'docker.io/bitnami', to: 'bitnamilegacy/' }]],
    ['tag', 'from', [{ from: 'docker.io/bitnami/redis:7', to: 'docker.io/x' }]],
    ['tag', 'to', [{ from: 'docker.io/bitnami', to: 'docker.io/x@sha256:00' }]],
    ['same', 'to', [{ from: 'docker.io/bitnami', to: 'index.docker.io/bitnami/' }]],
    ['inside', 'to', [{ from: 'docker.io/bitnami', to: 'docker.io/bitnami/legacy' }]],
    ['twice', 'from', [bitnami, { from: 'docker.io/bitnami/', to: 'docker.io/y' }]],
    ['again', 'to', [bitnami, { from: 'docker.io/x', to: 'docker.io/bitnami/x' }]],
    ['again', 'to', [{ from: 'docker.io/x', to: 'k8s.gcr.io' }]],
  ])('%s of %s', (fault, key, lines) => {
    expect(checkedReplacements(lines, retiredPrefixes)).toMatchObject({ fault, key, index: lines.length - 1 });
  });

  test.each([
    'docker.io',
    'docker.io/a',
    'harbor.example:5000',
    'localhost:5000/a/b',
    'localhost',
    '[::1]:5000',
    'a.b/c_d/e-f',
  ])('%s is none', (from) => {
    expect(checkedReplacements([{ from, to: 'new.example/x' }], retiredPrefixes)).toEqual([
      { from, to: 'new.example/x' },
    ]);
  });
});

describe("by the user's table", () => {
  const names = retiredNames([
    bitnami,
    { from: 'docker.io/bitnami/charts', to: 'ghcr.io/own/charts' },
    { from: 'harbor.example:5000', to: 'new.example/mirror' },
    { from: 'quay.io/coreos/flannel', to: 'ghcr.io/flannel-io/flannel' },
  ]);
  test.each([
    ['bitnami/redis:7', 'bitnamilegacy/redis:7'],
    ['bitnami/redis', 'bitnamilegacy/redis'],
    ['docker.io/bitnami/redis:7.0-debian-12', 'docker.io/bitnamilegacy/redis:7.0-debian-12'],
    ['index.docker.io/bitnami/redis', 'docker.io/bitnamilegacy/redis'],
    [`bitnami/redis@sha256:${'0'.repeat(64)}`, `bitnamilegacy/redis@sha256:${'0'.repeat(64)}`],
    ['bitnami/charts/a:1', 'ghcr.io/own/charts/a:1'],
    ['harbor.example:5000/a/b:1', 'new.example/mirror/a/b:1'],
    // Before the built-in table, which only reports it.
    ['quay.io/coreos/flannel:v1', 'ghcr.io/flannel-io/flannel:v1'],
    ['k8s.gcr.io/pause:3.2', 'registry.k8s.io/pause:3.2'],
  ])('%s', (written, reference) => {
    expect(names.successorOf(written)).toMatchObject({ action: 'change', reference });
  });

  test.each([
    'bitnamilegacy/redis:7',
    'bitnami',
    'x/bitnami/redis',
    'quay.io/bitnami/redis',
    'harbor.example/a/b:1',
    'Bitnami/redis',
    'nginx',
  ])('%s stays', (written) => {
    expect(names.successorOf(written)).toBeUndefined();
  });

  test('a registry alone is not an image, and a short name is not read as another registry', () => {
    const successor = (from: string, to: string, written: string): unknown => {
      const table = checkedReplacements([{ from, to }], retiredPrefixes);
      return 'fault' in table ? table : retiredNames(table).successorOf(written);
    };
    expect(successor('docker.io/a/b', 'x.example', 'a/b:1')).toMatchObject({
      action: 'report',
      reason: 'no-reference',
    });
    expect(successor('docker.io/a', 'docker.io/x.example', 'a/b:1')).toMatchObject({
      action: 'change',
      reference: 'docker.io/x.example/b:1',
    });
  });

  test('what was replaced once is not replaced again, whatever is in the table', () => {
    const part = fc.constantFrom(
      'docker.io',
      'docker.io/a',
      'docker.io/b',
      'docker.io/a/b',
      'x.example',
      'x.example/a',
      'k8s.gcr.io',
      'gchr.io',
    );
    const line = fc.record({ from: part, to: part });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 4 }),
        fc.constantFrom('a/b:1', 'b/a', 'nginx', 'x.example/a/c:2', 'gchr.io/a:1'),
        (lines, written) => {
          const table = checkedReplacements(lines, retiredPrefixes);
          if ('fault' in table) return;
          const moved = retiredNames(table);
          const once = moved.successorOf(written);
          if (once?.action === 'change') expect(moved.successorOf(once.reference)).toBeUndefined();
        },
      ),
      {
        numRuns: 2_000,
        examples: [
          [
            [
              { from: 'docker.io/a/b', to: 'x.example' },
              { from: 'docker.io', to: 'x.example' },
            ],
            'a/b:1',
          ],
        ],
      },
    );
  });
});
