import { expect, test } from 'vitest';
import type { PlannedDrains } from '../../../engine/rollout/preflight/plan-drains.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { drainBlock } from './drain-block.ts';

const quiet: PlannedDrains = {
  known: true,
  batches: [['a'], ['b', 'c']],
  longestMs: 39.2 * 60_000,
  evicted: 12,
  staying: 4,
  blocked: [],
  uncertain: [],
  accepted: [],
  lost: [],
  single: [],
  slow: [],
};

test('what a drain would meet is told, each with its names, and nothing of what is not there', () => {
  const lines = drainBlock(
    { ...quiet, blocked: ['shop/x: has two budgets, one and two'], single: ['shop/StatefulSet/db'] },
    true,
    contextOf('en', 100),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "DRAIN  3 nodes in batches: 2. A node takes up to 40 minutes.
      Pods to evict: 12. Pods that stay on their nodes: 4.
      Nodes with these pods cannot be drained now:
      - shop/x: has two budgets, one and two
      Unavailable until the pod runs elsewhere, because there is one replica and no PodDisruptionBudget:
      - shop/StatefulSet/db
      Scale-in by the cluster autoscaler is paused on each node while it is drained. Metric-based
      scale-in of NKS may ignore this: pause it in the console."
  `);
  expect(drainBlock(quiet, false, contextOf('en', 100))).toHaveLength(2);
  expect(drainBlock(undefined, true, contextOf('en', 100))).toEqual([]);
});

test('what could not be read is not told as nothing', () =>
  expect(drainBlock({ known: false, reason: 'pods is forbidden' }, false, contextOf('en', 100)).join(' ')).toContain(
    'unable to check what the drain would affect: pods is forbidden',
  ));

test('names come from a cluster, and a long list is cut', () => {
  const lost = Array.from({ length: 30 }, (_, index) => `shop/p${index}\u001b[2J`);
  const lines = drainBlock({ ...quiet, lost }, false, contextOf('ko', 100));
  expect(lines.join('')).not.toContain('\u001b[2J');
  expect(lines.at(-1)).toContain('… (30)');
});
