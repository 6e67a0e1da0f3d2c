import { expect, test } from 'vitest';
import { replay } from './testing/replay.ts';

test('asks a recorded kube-apiserver what the user may do, and keeps the order of the questions', async () => {
  const api = (await replay('access-reviews'))('reader');
  const answers = await api.canI([
    { verb: 'list', group: '', resource: 'nodes' },
    { verb: 'patch', group: '', resource: 'nodes' },
    { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'default' },
    { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
  ]);
  expect(answers).toEqual([true, false, false, true]);
  expect(await api.canI([])).toEqual([]);
});
