import { phaseOf, RunTimeline, tookMs } from '../../../app/runs/run-timeline.ts';
import { formatDuration } from '../../../locales/quantity.ts';
import type { PodLeft, RunEvent } from '../../../engine/run.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { transferWords } from './transfer.ts';
import { createRunView, type RunView, type RunViewOptions } from './events.ts';

/**
 * Tells a run where nothing is redrawn, for the log of a CI job: one line an event, each with its time (RFC 3339, UTC, to
 * the second), never wrapped.
 */
export function createRunLog(context: RenderContext, options: RunViewOptions & { readonly now: () => Date }): RunView {
  const sentences = createRunView(context, options);
  const timeline = new RunTimeline();
  const transfers = new Map<string, number>();
  return {
    tell: (event) => {
      const now = options.now();
      const isTold = isTransferTold(event, now.getTime(), transfers);
      const before = event.event === 'step' && event.node !== undefined ? timeline.of(event.node).spans.length : 0;
      timeline.tell(event, now.getTime());
      const words =
        transferLine(event, isTold, context) ??
        timelineWords(event, before, { timeline, now: now.getTime(), context }) ??
        sentences.tell(event);
      const line = words.trim().replaceAll(/ *\n */gu, ' ');
      return line === '' ? '' : `${now.toISOString().replace(/\.\d+Z$/u, 'Z')} ${line}\n`;
    },
  };
}

const transferEveryMs = 10_000;

/** A line each ten seconds for each node, and one when all of it is there. */
function isTransferTold(event: RunEvent, now: number, told: Map<string, number>): boolean {
  if (event.event !== 'transfer') return false;
  const last = told.get(event.node);
  if (event.bytes < event.of && last !== undefined && now - last < transferEveryMs) return false;
  told.set(event.node, now);
  return true;
}

interface Told {
  readonly timeline: RunTimeline;
  readonly now: number;
  readonly context: RenderContext;
}

/** Of a node that is taken out of service: each phase as it begins, the pods that are waited for, and its end. */
function timelineWords(event: RunEvent, before: number, { timeline, now, context }: Told): string | undefined {
  const { t } = context.texts;
  if (event.event === 'step' && event.node !== undefined) {
    const phase = phaseOf(event);
    const begins = phase !== undefined && phase !== 'change' && timeline.of(event.node).spans.length > before;
    return begins ? t('run.phaseBegan', { node: event.node, phase: t(`run.phase.${phase}`) }) : '';
  }
  if (event.event === 'pods-left') {
    const words = podsLeftWords(event.count, event.pods[0], context);
    return t('run.podsLeftOn', { node: event.node, phase: t('run.phase.drain'), words });
  }
  if (event.event === 'node-ended' && event.outcome.ending === 'done' && timeline.isWatched()) {
    const { node } = event.outcome;
    return t('run.nodeDone', { node, time: formatDuration(tookMs(timeline.of(node), now)) });
  }
  return undefined;
}

function transferLine(event: RunEvent, isTold: boolean, context: RenderContext): string | undefined {
  if (event.event !== 'transfer') return undefined;
  return isTold ? context.texts.t('run.transferOn', { node: event.node, words: transferWords(event, context) }) : '';
}

/** `3 pods left, team/web-1: Cannot evict pod as it would violate the pod's disruption budget.` */
export function podsLeftWords(count: number, first: PodLeft | undefined, { texts: { t } }: RenderContext): string {
  const left = t('run.podsLeft', { count });
  if (first === undefined) return left;
  return `${left}, ${printable(first.said === '' ? first.pod : `${first.pod}: ${first.said}`)}`;
}
