import { expect, test } from 'vitest';
import { RunTimeline } from '../../../app/runs/run-timeline.ts';
import type { RunEvent } from '../../../engine/run.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { createRunLog } from './log.ts';
import { timelineLines } from './timeline.ts';

const run = '20261130-0930-reboot-7f3a';
const started = Date.UTC(2026, 10, 30, 9, 30);
const reboot = (node: string): { readonly node: string; readonly action: string } => ({
  node,
  action: `reboot:${node}`,
});
const budget = "Cannot evict pod as it would violate the pod's disruption budget.";

/** A rolling reboot as the engine tells it, with the second at which each event comes. */
const told: readonly (readonly [number, RunEvent])[] = [
  [0, { event: 'started', run, kind: 'apply', nodes: ['worker-1', 'worker-2', 'worker-3'], objects: 0 }],
  [1, { event: 'step', node: 'worker-1', step: 'lock' }],
  [1, { event: 'step-ended', node: 'worker-1', step: 'lock', outcome: 'done', detail: 'locked' }],
  [2, { event: 'batch', index: 0, of: 3, nodes: ['worker-1'] }],
  [2, { event: 'step', node: 'worker-1', step: 'preflight' }],
  [3, { event: 'step-ended', node: 'worker-1', step: 'preflight', outcome: 'done', detail: '2 pods to evict' }],
  [3, { event: 'step', node: 'worker-1', step: 'drain' }],
  [3, { event: 'pods-left', node: 'worker-1', count: 2, pods: [{ pod: 'team/web-1', said: '' }] }],
  [9, { event: 'pods-left', node: 'worker-1', count: 1, pods: [{ pod: 'team/web-1', said: budget }] }],
  [33, { event: 'step-ended', node: 'worker-1', step: 'drain', outcome: 'done', detail: 'its pods are gone' }],
  [33, { event: 'step', ...reboot('worker-1'), step: 'record' }],
  [33, { event: 'step', ...reboot('worker-1'), step: 'reboot' }],
  [34, { event: 'step', ...reboot('worker-1'), step: 'return' }],
  [98, { event: 'step', ...reboot('worker-1'), step: 'verify' }],
  [99, { event: 'step', node: 'worker-1', step: 'return' }],
  [103, { event: 'node-ended', outcome: { node: 'worker-1', ending: 'done', left: 'changed' } }],
  [103, { event: 'soak', seconds: 60 }],
  [163, { event: 'batch', index: 1, of: 3, nodes: ['worker-2'] }],
  [163, { event: 'step', node: 'worker-2', step: 'preflight' }],
  [164, { event: 'step', node: 'worker-2', step: 'drain' }],
  [164, { event: 'pods-left', node: 'worker-2', count: 3, pods: [{ pod: 'team/db-0', said: budget }] }],
];

function timelineAt(seconds: number): RunTimeline {
  const timeline = new RunTimeline();
  for (const [at, event] of told) if (at <= seconds) timeline.tell(event, started + at * 1000);
  return timeline;
}

test('a terminal shows what each node came through, how long it took, and what is waited for', () => {
  const linesAt = (seconds: number, language: 'en' | 'ko' = 'en'): readonly string[] =>
    timelineLines(timelineAt(seconds), started + seconds * 1000, { ...contextOf(language), width: 160 });

  expect(linesAt(1)).toEqual([]);
  expect(linesAt(12)).toEqual([
    `worker-1  preflight 1s, drain 9s, 1 pod left, team/web-1: ${budget}`,
    '0 of 3 nodes done, 12s',
  ]);
  expect(linesAt(170)).toEqual([
    'worker-1  preflight 1s, drain 30s, reboot 1s, return 1m9s, soak 1m, done 2m41s',
    `worker-2  preflight 1s, drain 6s, 3 pods left, team/db-0: ${budget}`,
    '1 of 3 nodes done, 2m50s',
  ]);
  expect(linesAt(12, 'ko').at(-1)).toBe('노드 3개 중 0개 완료, 12s');
});

test('no line is wider than the terminal', () => {
  for (const line of timelineLines(timelineAt(170), started + 170_000, { ...contextOf('en'), width: 40 }))
    expect(line.length).toBeLessThan(40);
});

test('a long run shows the nodes in hand, and the newest of the others', () => {
  const timeline = new RunTimeline();
  const nodes = Array.from({ length: 40 }, (_, index) => `worker-${index + 1}`);
  timeline.tell({ event: 'started', run, kind: 'apply', nodes, objects: 0 }, started);
  for (const [index, node] of nodes.entries()) {
    const at = started + index * 1000;
    timeline.tell({ event: 'step', node, step: 'drain' }, at);
    if (node !== 'worker-3' && index < 39)
      timeline.tell({ event: 'node-ended', outcome: { node, ending: 'done', left: 'changed' } }, at + 500);
  }
  const lines = timelineLines(timeline, started + 40_000, contextOf('en'));

  expect(lines).toHaveLength(13);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['worker-3', 'worker-40', 'worker-39']),
  );
  expect(lines.at(-1)).toBe('38 of 40 nodes done, 40s');
});

test('where nothing is redrawn each event is one line with its time', () => {
  let seconds = 0;
  const now = (): Date => new Date(started + seconds * 1000);
  const view = createRunLog(contextOf('en'), { verbose: false, now });
  const text = told
    .map(([at, event]) => {
      seconds = at;
      return view.tell(event);
    })
    .join('');

  expect(text).toMatchInlineSnapshot(`
    "2026-11-30T09:30:00Z Run 20261130-0930-reboot-7f3a on 3 nodes.
    2026-11-30T09:30:02Z Batch 1 of 3: worker-1 (1 node)
    2026-11-30T09:30:02Z worker-1: preflight begins
    2026-11-30T09:30:03Z ok worker-1, preflight: 2 pods to evict
    2026-11-30T09:30:03Z worker-1: drain begins
    2026-11-30T09:30:03Z worker-1: drain, 2 pods left, team/web-1
    2026-11-30T09:30:09Z worker-1: drain, 1 pod left, team/web-1: Cannot evict pod as it would violate the pod's disruption budget.
    2026-11-30T09:30:33Z ok worker-1, draining: its pods are gone
    2026-11-30T09:30:33Z worker-1: reboot begins
    2026-11-30T09:30:34Z worker-1: return begins
    2026-11-30T09:31:43Z worker-1: done after 1m41s
    2026-11-30T09:31:43Z Monitoring for 60 s before the next batch.
    2026-11-30T09:32:43Z Batch 2 of 3: worker-2 (1 node)
    2026-11-30T09:32:43Z worker-2: preflight begins
    2026-11-30T09:32:44Z worker-2: drain begins
    2026-11-30T09:32:44Z worker-2: drain, 3 pods left, team/db-0: Cannot evict pod as it would violate the pod's disruption budget.
    "
  `);
});
