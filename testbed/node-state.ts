import type { BootDelay, NodeEvent } from './daemon/node-events.ts';

/**
 * A node in words for people, from its events: whether it runs, how its last run ended, what its next start waits for,
 * and whether its kubelet is a real one.
 */
export function nodeState(events: readonly NodeEvent[]): string {
  const standIn = events.findLast(({ event }) => event === 'stand-in');
  return (
    `${powerState(events)}` +
    `${standIn?.event === 'stand-in' ? `; NO KUBELET, the testbed writes its Node object: ${standIn.reason}` : ''}`
  );
}

function powerState(events: readonly NodeEvent[]): string {
  const last = events.findLast(({ event }) => event !== 'boot delay' && event !== 'stand-in');
  if (last === undefined) return 'never started';
  if (last.event === 'not booted') return `does not boot: ${last.reason}`;
  const stop = events.findLast(({ event }) => event === 'ended');
  const lastStop = stop?.event === 'ended' ? ` (last stop: ${stop.how})` : '';
  return `${last.event === 'booted' ? 'running' : 'off'} since ${last.at}${lastStop}${nextStart(delayOf(events))}`;
}

function delayOf(events: readonly NodeEvent[]): BootDelay {
  const last = events.findLast(({ event }) => event === 'boot delay');
  return last?.event === 'boot delay' ? last.delay : 0;
}

function nextStart(delay: BootDelay): string {
  if (delay === 0) return '';
  return delay === 'never' ? ', starts never' : `, starts ${delay} s late`;
}
