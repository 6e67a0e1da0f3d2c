import { expect, test } from 'vitest';
import type { RunEstimate } from '../../../engine/rollout/estimate/estimate-run.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { words } from '../fixtures/narrow.ts';
import { renderEstimate } from './estimate.ts';

const drained = { reboots: true, drain: { pods: 2, seconds: 30, slow: [] }, seconds: 212 };
const estimate: RunEstimate = {
  batches: [
    [{ node: 'worker-1', ...drained }],
    [{ node: 'worker-2', ...drained }],
    [{ node: 'worker-3', ...drained, drain: { pods: 1, seconds: 30, slow: ['shop/db'] } }],
  ],
  boot: { seconds: 180, measured: 0 },
  soakSeconds: 60,
  totalSeconds: 816,
};

test('nodes that are alike are told once', () => {
  expect(renderEstimate(estimate, contextOf('en'))).toMatchInlineSnapshot(`
    "ESTIMATE  about 13m36s for 3 nodes in 3 batches
      worker-[1-2]: drain 30s (2 pods), reboot 3m, 3m32s in all
      worker-3: drain 30s (1 pod), reboot 3m, 3m32s in all, or longer: shop/db
        allows fewer evictions at once than the node has pods
      Soak after each batch: 1m.
      A reboot is assumed to take 3m. This machine has no record of an earlier one.
      A drain is estimated from the termination grace periods of the pods; most pods
      end sooner.
    "
  `);
  expect(words(renderEstimate(estimate, contextOf('ko')))).toContain('예상 노드 3개, 배치 3개, 약 13m36s');
});

test('a boot that was measured says how often', () => {
  const measured = { ...estimate, boot: { seconds: 62, measured: 6 } };
  expect(words(renderEstimate(measured, contextOf('en')))).toContain(
    'A reboot takes 1m2s, the median of 6 earlier reboots.',
  );
});

test('what is not rebooted has no line of its own', () => {
  const batches = [[{ node: 'worker-1', reboots: false, drain: undefined, seconds: 2 }]];
  expect(renderEstimate({ ...estimate, batches, soakSeconds: 0, totalSeconds: 2 }, contextOf('en'))).toBe(
    'ESTIMATE  about 2s for 1 node in 1 batch\n',
  );
});
