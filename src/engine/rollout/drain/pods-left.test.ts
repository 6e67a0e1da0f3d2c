import { expect, test } from 'vitest';
import type { RunEvent } from '../../run.ts';
import { tellPodsLeft } from './pods-left.ts';

test('what a drain waits for is told when it changes, and no more than the first pods by name', () => {
  const told: RunEvent[] = [];
  const tell = tellPodsLeft((event) => told.push(event), 'worker-1');
  const many = Array.from({ length: 9 }, (_, index) => ({ pod: `team/web-${index}`, said: '' }));
  tell(many);
  tell(many);
  tell([{ pod: 'team/web-8', said: '' }]);
  tell([{ pod: 'team/web-8', said: 'its budget allows none' }]);
  tell([{ pod: 'team/web-8', said: 'its budget allows none' }]);

  expect(told).toEqual([
    { event: 'pods-left', node: 'worker-1', count: 9, pods: many.slice(0, 5) },
    { event: 'pods-left', node: 'worker-1', count: 1, pods: [{ pod: 'team/web-8', said: '' }] },
    { event: 'pods-left', node: 'worker-1', count: 1, pods: [{ pod: 'team/web-8', said: 'its budget allows none' }] },
  ]);
});
