import { expect, test } from 'vitest';
import type { PlannedDrains } from '../../../engine/rollout/preflight/plan-drains.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { errorText } from '../../../errors/text.ts';
import type { Language } from '../../../locales/language.ts';
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
    {
      ...quiet,
      blocked: [{ key: 'drain.two-budgets', params: { pod: 'shop/x', budgets: 'one, two' } }],
      single: ['shop/StatefulSet/db'],
    },
    true,
    contextOf('en', 100),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "DRAIN  3 nodes in batches: 2. A node takes up to 40 minutes.
      Pods to evict: 12. Pods that stay on their nodes: 4.
      Nodes with these pods cannot be drained now:
      - shop/x: has two budgets, one, two
      Unavailable until the pod runs elsewhere, because there is one replica and no PodDisruptionBudget:
      - shop/StatefulSet/db
      Scale-in by the cluster autoscaler is paused on each node while it is drained. Metric-based
      scale-in of NKS may ignore this: pause it in the console."
  `);
  expect(drainBlock(quiet, false, contextOf('en', 100))).toHaveLength(2);
  expect(drainBlock(undefined, true, contextOf('en', 100))).toEqual([]);
});

test('what could not be read is not told as nothing', () => {
  const error = new NodemendError('API_REFUSED', { server: 'https://10.0.0.1:6443' });
  const words = (language: Language): string =>
    drainBlock({ known: false, error }, false, contextOf(language, 200)).join(' ');
  expect(words('en')).toContain(`unable to check what the drain would affect: ${error.message}`);
  expect(words('ko')).toContain(errorText('ko', error.code, error.params).cause);
});

test('names come from a cluster, and a long list is cut', () => {
  const lost = Array.from({ length: 30 }, (_, index) => `shop/p${index}\u001b[2J`);
  const lines = drainBlock({ ...quiet, lost }, false, contextOf('ko', 100));
  expect(lines.join('')).not.toContain('\u001b[2J');
  expect(lines.at(-1)).toContain('… (30)');
});
