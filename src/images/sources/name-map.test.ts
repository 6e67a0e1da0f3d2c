import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedNameMap, currentName, keptAt, type KeptAt } from './name-map.ts';

const line = (from: string, to: string): KeptAt => ({ from, to });

test('whole parts of a path, the longest name counting', () => {
  const table = [
    line('registry.k8s.io', 'mirror.example:5000/k8s'),
    line('registry.k8s.io/pause', 'mirror.example:5000/base/pause'),
    line('docker.io/library/busybox', 'mirror.example:5000/busybox'),
  ];
  expect(checkedNameMap(table)).toEqual(table);
  expect(keptAt('registry.k8s.io/pause', table)).toBe('mirror.example:5000/base/pause');
  expect(keptAt('registry.k8s.io/pause-windows', table)).toBe('mirror.example:5000/k8s/pause-windows');
  expect(keptAt('registry.k8s.io.evil.test/pause', table)).toBeUndefined();
  expect(keptAt('docker.io/library/busybox', table)).toBe('mirror.example:5000/busybox');
  expect(keptAt('docker.io/library/busybox2', table)).toBeUndefined();
});

test('what has moved path for path is found under its new name, unless its own is listed', () => {
  const table = [line('registry.k8s.io', 'mirror.example/new')];
  expect(currentName('k8s.gcr.io/pause')).toBe('registry.k8s.io/pause');
  expect(keptAt('k8s.gcr.io/pause', table)).toBe('mirror.example/new/pause');
  expect(keptAt('k8s.gcr.io/pause', [...table, line('k8s.gcr.io', 'mirror.example/old')])).toBe(
    'mirror.example/old/pause',
  );
});

describe('two images are never looked for in one place', () => {
  // The guide's own list: by the last part of their names the two are one.
  test.each([
    [
      line('k8s.gcr.io/node-problem-detector', 'mirror.example/node-problem-detector'),
      line('k8s.gcr.io/node-problem-detector/node-problem-detector', 'mirror.example/node-problem-detector'),
    ],
    [line('quay.io', 'mirror.example/all'), line('docker.io', 'mirror.example/all')],
    [line('quay.io', 'mirror.example/all'), line('docker.io/team/a', 'mirror.example/all/b')],
    [line('docker.io/team/a', 'mirror.example/all/b'), line('quay.io', 'mirror.example/all')],
  ])('%j and %j', (first, second) => {
    expect(checkedNameMap([first, second])).toMatchObject({ index: 1, key: 'to', fault: 'collision' });
  });

  test('one image by its old and its new name, or by a line of its own, is not two', () => {
    const table = [
      line('k8s.gcr.io/pause', 'mirror.example/pause'),
      line('registry.k8s.io/pause', 'mirror.example/pause'),
      line('quay.io', 'mirror.example/quay'),
      line('quay.io/a', 'mirror.example/quay/a'),
    ];
    expect(checkedNameMap(table)).toEqual(table);
  });

  test('of any table that is taken, and any two repositories', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const lines = fc.array(
      fc.tuple(path, path).map(([from, to]) => line(`from.test/${from}`, `to.test/${to}`)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(lines, path, path, (given, one, other) => {
        const table = checkedNameMap(given);
        fc.pre(!('fault' in table) && one !== other);
        const [first, second] = [one, other].map((name) => keptAt(`from.test/${name}`, table));
        if (first !== undefined) expect(second).not.toBe(first);
      }),
    );
  });
});

test.each([
  [line('pause', 'mirror.example/pause'), 'from', 'registry'],
  [line('registry.k8s.io/pause:3.6', 'mirror.example/pause'), 'from', 'tag'],
  [line('registry.k8s.io', 'registry.k8s.io/'), 'to', 'same'],
  [line('registry.k8s.io/$(id)', 'mirror.example'), 'from', 'form'],
])('%j is wrong: %s, %s', (wrong, key, fault) => {
  expect(checkedNameMap([wrong])).toMatchObject({ index: 0, key, fault });
});

test('a name that is listed twice', () => {
  const table = [line('quay.io', 'a.example'), line('quay.io/', 'b.example')];
  expect(checkedNameMap(table)).toMatchObject({ index: 1, key: 'from', fault: 'twice' });
});
