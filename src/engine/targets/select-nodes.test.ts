import { expect, test } from 'vitest';
import { selectNodes } from './select-nodes.ts';

const nodes = [
  { name: 'shop-default-worker-node-0', group: 'default-worker' },
  { name: 'shop-default-worker-node-1', group: 'default-worker' },
  { name: 'shop-gpu-node-0', group: 'gpu' },
];
const names = (selected: readonly { readonly name: string }[]): readonly string[] => selected.map(({ name }) => name);

test('nothing asked for means all nodes', () => {
  expect(selectNodes(nodes, {})).toEqual(nodes);
});

test('a node set and a group narrow together', () => {
  expect(names(selectNodes(nodes, { nodes: 'shop-default-worker-node-[0-1]' }))).toEqual([
    'shop-default-worker-node-0',
    'shop-default-worker-node-1',
  ]);
  expect(names(selectNodes(nodes, { nodeGroup: 'gpu' }))).toEqual(['shop-gpu-node-0']);
});

test('a name that does not exist is an error, with the nearest that does', () => {
  expect(() => selectNodes(nodes, { nodes: 'shop-gpu-node-0,shop-gpu-nod-1' })).toThrow(
    expect.objectContaining({
      code: 'NODES_UNKNOWN',
      params: { nodes: 'shop-gpu-nod-1', count: 1, context: 'near', suggestion: 'shop-gpu-node-0' },
    }),
  );
});

test('several names that do not exist are folded, and not guessed at', () => {
  expect(() => selectNodes(nodes, { nodes: 'shop-gpu-node-[0-9]' })).toThrow(
    expect.objectContaining({ code: 'NODES_UNKNOWN', params: { nodes: 'shop-gpu-node-[1-9]', count: 9 } }),
  );
});

test('nothing left is an error, never "all fine"', () => {
  expect(() => selectNodes(nodes, { nodeGroup: 'infra' })).toThrow(expect.objectContaining({ code: 'NO_TARGETS' }));
  expect(() => selectNodes([], {})).toThrow(
    expect.objectContaining({ code: 'NO_TARGETS', params: { selection: '*' } }),
  );
});
