import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { root } from '../build/options.ts';
import { inTurns, longest, type TestFile } from './longest-first.ts';

it('names files that are there', () => {
  expect(Object.keys(longest).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('begins with what takes longest, and gives each project its share of the workers', () => {
  const file = (project: string, path: string, groupOrder = 1) => ({ project, path, groupOrder });
  const files = [
    file('root-alone', 'last', 2),
    file('root', 'short 1'),
    file('root', 'src/actions/service/contract.root.test.ts'),
    file('root', 'short 2'),
    file('testbed', 'other 1'),
    file('testbed', 'testbed/nodes.testbed.test.ts'),
    file('testbed', 'test/end-to-end/end-to-end.testbed.test.ts'),
  ];

  expect(inTurns(files).map(({ path }) => path)).toEqual([
    'src/actions/service/contract.root.test.ts',
    'test/end-to-end/end-to-end.testbed.test.ts',
    'testbed/nodes.testbed.test.ts',
    // Begun when a third of the testbed's time is over; most of root's is its first file.
    'other 1',
    'short 1',
    'short 2',
    'last',
  ]);
});

/** Three workers take files in this order; of the testbed's two run at once, and a worker that is given a third waits. */
function played(files: readonly TestFile[], takes: (file: TestFile) => number): { worked: number; waited: number } {
  const workers = [0, 0, 0];
  const places = [0, 0];
  const total = { worked: 0, waited: 0 };
  for (const file of files) {
    const free = Math.min(...workers);
    const place = Math.min(...places);
    const begins = file.project === 'testbed' ? Math.max(free, place) : free;
    const ends = begins + takes(file);
    if (file.project === 'testbed') places[places.indexOf(place)] = ends;
    workers[workers.indexOf(free)] = ends;
    total.worked += ends - begins;
    total.waited += begins - free;
  }
  return total;
}

it('keeps no worker waiting for room, where files take half as long again as is written, or half as long', () => {
  const named = Object.keys(longest).filter((path) => /\.(?:root|testbed)\.test\.ts$/.test(path));
  const small = Array.from({ length: 80 }, (_, at) => `${at}.root.test.ts`);
  const files = inTurns(
    [...named, ...small].map((path) => {
      return { path, project: path.includes('.testbed.') ? 'testbed' : 'root', groupOrder: 1 };
    }),
  );

  const factors = fc.noBias(
    fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 250, maxLength: 250 }),
  );
  const checks = fc
    .sample(factors, 100)
    .map((by) => played(files, (file) => (longest[file.path] ?? 5) * (by[files.indexOf(file)] ?? 1)));
  const sum = (of: 'worked' | 'waited'): number => checks.reduce((all, check) => all + check[of], 0);
  expect(sum('waited') / sum('worked')).toBeLessThan(0.015);
});
