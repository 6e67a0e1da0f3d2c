import { tookMs, type NodeTimeline, type RunTimeline } from '../../../app/runs/run-timeline.ts';
import { formatDuration } from '../../../locales/quantity.ts';
import { printable } from '../../../text/printable.ts';
import type { Tone } from '../paint.ts';
import type { RenderContext } from '../render-context.ts';
import { displayWidth, truncate } from '../width.ts';
import { podsLeftWords } from './log.ts';
import { transferWords } from './transfer.ts';

/** More nodes than these are counted, so that the block fits on a small terminal. */
const shownNodes = 12;

/**
 * The timeline of a run for a terminal: a line a node that was begun, with its phases and how long each took, and one
 * for the run as a whole. Empty for a run that takes no node out of service and brings nothing to one.
 */
export function timelineLines(timeline: RunTimeline, now: number, context: RenderContext): readonly string[] {
  if (!timeline.isWatched()) return [];
  const { t } = context.texts;
  const all = timeline.all();
  const begun = all.filter(({ spans }) => spans.length > 0);
  const inHand = begun.filter((node) => isOpen(node));
  // The newest of those that ended fill what room is left.
  const ended = begun.filter((node) => !isOpen(node)).slice(-Math.max(shownNodes - inHand.length, 1));
  const shown = [...ended, ...inHand].slice(-shownNodes);
  const room = Math.max(...shown.map(({ node }) => displayWidth(printable(node))));
  const done = all.filter(({ ending }) => ending === 'done').length;
  const since = timeline.since() ?? now;
  return [
    ...shown.map((node) => nodeLine(node, { now, room, context })),
    context.paint('quiet', t('run.timeline', { done, count: all.length, time: formatDuration(now - since) })),
  ];
}

interface Line {
  readonly now: number;
  /** Columns of the longest name. */
  readonly room: number;
  readonly context: RenderContext;
}

function nodeLine(node: NodeTimeline, { now, room, context }: Line): string {
  const { texts, paint, width } = context;
  const { t } = texts;
  const name = printable(node.node);
  const spans = node.spans.map(
    ({ phase, from, to }) => `${t(`run.phase.${phase}`)} ${formatDuration((to ?? now) - from)}`,
  );
  const left = node.podsLeft && podsLeftWords(node.podsLeft.count, node.podsLeft.first, context);
  const ending =
    node.ending === undefined ? [] : [`${t(`run.ending.${node.ending}`)} ${formatDuration(tookMs(node, now))}`];
  const coming =
    node.transfer === undefined || node.ending !== undefined ? [] : [transferWords(node.transfer, context)];
  const words = [...spans, ...(left === undefined ? [] : [left]), ...coming, ...ending].join(', ');
  const gap = ' '.repeat(room - displayWidth(name) + 2);
  return paint(toneOf(node), truncate(`${name}${gap}${words}`, width - 1));
}

function isOpen({ spans }: NodeTimeline): boolean {
  return spans.at(-1)?.to === undefined;
}

function toneOf(node: NodeTimeline): Tone {
  if (node.ending !== undefined && node.ending !== 'done') return 'fail';
  return isOpen(node) ? 'strong' : 'quiet';
}
