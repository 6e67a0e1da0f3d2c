import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { textsOf } from '../../app/testing/sample-report.ts';
import { createOutput, type OutputStream, type Sink } from './output.ts';
import { progressLine, startProgress, type ProgressState } from './progress.ts';

const state: ProgressState = {
  done: 184,
  total: 300,
  failed: 3,
  running: [
    { node: 'worker-7', since: 11_500 },
    { node: 'worker-12', since: 4_000 },
    { node: 'worker-40', since: 3_000 },
    { node: 'worker-41', since: 9_000 },
  ],
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function stderr(terminal: boolean): { readonly notes: Sink; readonly text: () => string } {
  let all = '';
  const stream: OutputStream = {
    isTTY: terminal,
    columns: 60,
    write: (text) => void (all += text),
    on: () => undefined,
  };
  return { notes: createOutput(stream, stream, {}).notes, text: () => all };
}

test('nodes done, the failed, the time, the slowest by name', () => {
  expect(progressLine(state, 12_000, 0, textsOf('en').t)).toBe(
    '184/300 nodes, 3 failed, 12s, slowest: worker-40 9s, worker-12 8s, worker-41 3s',
  );
  expect(progressLine(state, 12_000, 0, textsOf('ko').t)).toBe(
    '노드 184/300, 실패 3개, 12s, 가장 느린 노드: worker-40 9s, worker-12 8s, worker-41 3s',
  );
  expect(progressLine({ ...state, failed: 0, running: [] }, 900, 0, textsOf('en').t)).toBe('184/300 nodes, 900ms');
});

test('on a terminal one line is redrawn within the width, and removed at the end', async () => {
  const { notes, text } = stderr(true);
  const progress = await startProgress(notes, textsOf('ko').t, { mode: 'auto', now: () => 12_000 });

  progress.update(state);
  vi.advanceTimersByTime(250);
  const drawn = text();
  progress.stop();

  expect(drawn).toContain('노드 184/300, 실패 3개, 0ms, 가장 느린 노드: worker-40 9s,…');
  expect(drawn).not.toContain('worker-41');
  expect(text().slice(drawn.length)).toContain('\u001b[2K');
});

test('elsewhere nothing, unless asked for: then a plain line every five seconds', async () => {
  const quiet = stderr(false);
  const asked = stderr(false);
  let now = 0;
  const clock = { now: () => now };
  const first = await startProgress(quiet.notes, textsOf('en').t, { mode: 'auto', ...clock });
  const second = await startProgress(asked.notes, textsOf('en').t, { mode: 'always', ...clock });

  for (const progress of [first, second]) progress.update({ ...state, running: [] });
  for (now = 1_000; now <= 11_000; now += 1_000) vi.advanceTimersByTime(1_000);
  for (const progress of [first, second]) progress.stop();
  vi.advanceTimersByTime(20_000);

  expect(quiet.text()).toBe('');
  expect(asked.text()).toBe('184/300 nodes, 3 failed, 5s\n184/300 nodes, 3 failed, 10s\n');
});
