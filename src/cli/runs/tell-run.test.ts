import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { textsOf } from '../../app/testing/sample-report.ts';
import type { Session } from '../../app/session/session.ts';
import type { RunEvent, RunResult } from '../../engine/run.ts';
import type { CommandContext } from '../command-context.ts';
import { createOutput, type OutputStream } from '../render/output.ts';
import { tellRun } from './tell-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const run = '20261130-0930-reboot-7f3a';
const result: RunResult = {
  run,
  kind: 'apply',
  verdict: 'done',
  exitCode: 0,
  interrupted: false,
  nodes: [{ node: 'worker-1', ending: 'done', left: 'changed' }],
  locked: [],
};
const drained: readonly RunEvent[] = [
  { event: 'started', run, kind: 'apply', nodes: ['worker-1'], objects: 0 },
  { event: 'step', node: 'worker-1', step: 'drain' },
  { event: 'pods-left', node: 'worker-1', count: 2, pods: [{ pod: 'team/web-1', said: '' }] },
];

/** Standard error, and whoever tells a run there. */
function telling(terminal: boolean): { readonly tell: (event: RunEvent) => void; readonly text: () => string } {
  let all = '';
  const stream: OutputStream = {
    isTTY: terminal,
    columns: 100,
    write: (text) => void (all += text),
    on: () => undefined,
  };
  const context = { output: createOutput(stream, stream, { NO_COLOR: '1' }), now: () => new Date() } as CommandContext;
  const tell = tellRun(context, { texts: textsOf('en') } as Session, {});
  return { tell, text: () => all };
}

test('on a terminal the timeline is drawn below what stays, goes on by itself, and is left at the end', async () => {
  const { tell, text } = telling(true);
  for (const event of drained) tell(event);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(3_000);
  const drawn = text();
  tell({ event: 'node-ended', outcome: { node: 'worker-1', ending: 'done', left: 'changed' } });
  tell({ event: 'ended', result });
  const ended = text();

  expect(drawn).toContain(`Run ${run} on 1 node.\n`);
  expect(drawn).toContain('worker-1  drain 3s, 2 pods left, team/web-1');
  expect(ended.slice(drawn.length)).toContain('worker-1  drain 3s, done 3s\n1 of 1 node done, 3s\n');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(text()).toBe(ended);
});

test('a run that takes no node out of service has no timeline', async () => {
  const { tell, text } = telling(true);
  tell({ event: 'started', run, kind: 'apply', nodes: ['worker-1'], objects: 0 });
  tell({ event: 'step', node: 'worker-1', step: 'commit', action: 'file:worker-1:/etc/x' });
  await vi.advanceTimersByTimeAsync(3_000);
  tell({ event: 'ended', result });

  expect(text()).toBe(`Run ${run} on 1 node.\n`);
});

test('elsewhere nothing is redrawn', async () => {
  const { tell, text } = telling(false);
  for (const event of drained) tell(event);
  await vi.advanceTimersByTimeAsync(3_000);

  expect(text().trim().split('\n')).toHaveLength(3);
  expect(text()).not.toContain('\u001b');
});
