import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../build/options.ts';
import { inTurns, longest } from './longest-first.ts';

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

  // Both long ones of the testbed, beside those of root, whose worker is done before they are.
  expect(inTurns(files).map(({ path }) => path)).toEqual([
    'src/actions/service/contract.root.test.ts',
    'test/end-to-end/end-to-end.testbed.test.ts',
    'testbed/nodes.testbed.test.ts',
    'short 1',
    'short 2',
    'other 1',
    'last',
  ]);
});
