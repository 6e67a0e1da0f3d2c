import { expect, test } from 'vitest';
import { RunTimeline } from '../../../app/runs/run-timeline.ts';
import { transferTold } from '../../../engine/rollout/transfer-told.ts';
import type { RunEvent } from '../../../engine/run.ts';
import { systemTiming } from '../../../kubernetes/timing.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { createRunLog } from './log.ts';
import { timelineLines } from './timeline.ts';

const megabyte = 1024 * 1024;

/** 45 MiB that come to a node at 6 MiB a second, from the second that a resumed run begins with. */
function told(from: number): readonly (readonly [number, RunEvent])[] {
  let seconds = 0;
  const events: (readonly [number, RunEvent])[] = [];
  const tell = transferTold(
    {
      timing: { ...systemTiming, monotonicMs: () => seconds * 1000 },
      emit: (event) => events.push([seconds, event]),
    },
    { node: 'worker-2', action: 'image:worker-2:registry.k8s.io/pause:3.9' },
  );
  for (let sent = from; sent <= 45; sent += 3, seconds += 0.5) tell(sent * megabyte, 45 * megabyte);
  return events;
}

test('a terminal shows what came, at which rate, and how long the rest will take', () => {
  const at = (until: number, from: number, language: 'en' | 'ko' = 'en'): string | undefined => {
    const timeline = new RunTimeline();
    timeline.tell({ event: 'started', run: 'r', kind: 'apply', nodes: ['worker-2'], objects: 0 }, 0);
    timeline.tell({ event: 'step', node: 'worker-2', action: 'image:worker-2', step: 'receive' }, 0);
    for (const [seconds, event] of told(from)) if (seconds <= until) timeline.tell(event, seconds * 1000);
    return timelineLines(timeline, until * 1000, contextOf(language))[0];
  };

  expect(at(0, 0)).toContain('0 B of 45 MiB');
  expect(at(2, 0)).toContain('12 MiB of 45 MiB, 6 MiB/s, 6s left');
  expect(at(2, 0, 'ko')).toContain('45 MiB 중 12 MiB, 6 MiB/s, 6s 남음');
  // What lay there before came at no rate.
  expect(at(2, 24)).toContain('36 MiB of 45 MiB, 6 MiB/s, 2s left');
  expect(at(8, 0)).toContain('45 MiB of 45 MiB');
});

test('the rate is that of the last ten seconds, and the end is told once', () => {
  let seconds = 0;
  const rates: (readonly [number, number])[] = [];
  const emit = (event: RunEvent): void => {
    if (event.event === 'transfer') rates.push([seconds, event.bytesPerSecond / megabyte]);
  };
  const timing = { ...systemTiming, monotonicMs: () => seconds * 1000 };
  const tell = transferTold({ timing, emit }, { node: 'worker-2', action: 'a' });
  let there = 0;
  for (; seconds <= 40; seconds += 1) {
    tell(there * megabyte, 45 * megabyte);
    // A link that carries two megabytes a second, then nothing for a while, then little.
    there += seconds < 15 ? 2 : seconds < 30 ? 0 : 1;
  }
  for (; seconds <= 45; seconds += 1) tell(45 * megabyte, 45 * megabyte);
  const at = (second: number): number | undefined => rates.find(([one]) => one === second)?.[1];
  expect([at(0), at(5), at(15), at(20), at(25), at(40)]).toEqual([0, 2, 2, 1, 0, 1]);
  expect(rates.at(-1)?.[0]).toBe(41);
});

test('a log has a line at once, each ten seconds and at the end', () => {
  let seconds = 0;
  const log = createRunLog(contextOf('en'), { verbose: false, now: () => new Date(seconds * 1000) });
  const slow = Array.from({ length: 31 }, (_, second): RunEvent => {
    const bytes = second * 1.5 * megabyte;
    return {
      event: 'transfer',
      node: 'worker-2',
      action: 'a',
      bytes,
      of: 45 * megabyte,
      bytesPerSecond: 1.5 * megabyte,
    };
  });
  const lines = slow.map((event, second) => {
    seconds = second;
    return log.tell(event);
  });

  expect(lines.filter((line) => line !== '')).toEqual([
    '1970-01-01T00:00:00Z worker-2: 0 B of 45 MiB, 1.5 MiB/s, 30s left\n',
    '1970-01-01T00:00:10Z worker-2: 15 MiB of 45 MiB, 1.5 MiB/s, 20s left\n',
    '1970-01-01T00:00:20Z worker-2: 30 MiB of 45 MiB, 1.5 MiB/s, 10s left\n',
    '1970-01-01T00:00:30Z worker-2: 45 MiB of 45 MiB\n',
  ]);
});
