import { expect, test } from 'vitest';
import { withoutNode } from './without-node.ts';

test('the name of the node is said once', () => {
  expect(withoutNode('db-1: 10.0.0.1 refuses connections', 'db-1')).toBe('10.0.0.1 refuses connections');
  expect(withoutNode('db-10: 10.0.0.1 refuses connections', 'db-1')).toBe('db-10: 10.0.0.1 refuses connections');
  expect(withoutNode('a file is there again', 'db-1')).toBe('a file is there again');
});
