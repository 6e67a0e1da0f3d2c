import type { NodeEstimate, RunEstimate } from '../../../engine/rollout/estimate/estimate-run.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { formatDuration } from '../../../locales/quantity.ts';
import { printable } from '../../../text/printable.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';

/** What a run will take, for people: the nodes in the order in which they come, those that are alike folded. */
export function renderEstimate(estimate: RunEstimate, context: RenderContext): string {
  const { texts, width } = context;
  const { t } = texts;
  const { batches, boot, soakSeconds, totalSeconds } = estimate;
  const nodes = batches.flat();
  const head = t('run.estimate.head', {
    time: durationOf(totalSeconds),
    nodes: t('count.nodes', { count: nodes.length }),
    batches: t('run.estimate.batches', { count: batches.length }),
  });
  const rebooted = nodes.filter(({ reboots }) => reboots);
  const sentences = [
    ...(soakSeconds > 0 ? [t('run.estimate.soak', { time: durationOf(soakSeconds) })] : []),
    ...(rebooted.length === 0 ? [] : [bootWords(boot, t), t('run.estimate.drain')]),
  ];
  return joinBlocks([
    [
      ...labelled({ text: t('run.estimate.label'), tone: 'place' }, head, context),
      ...[...Map.groupBy(rebooted, (node) => nodeWords(node, boot.seconds, t))].flatMap(([words, those]) =>
        wrapSentence(`${printable(foldNodes(those.map(({ node }) => node)))}: ${words}`, width - 4).map((line, index) =>
          index === 0 ? `  ${line}` : `    ${line}`,
        ),
      ),
      ...sentences.flatMap((sentence) => indented(wrapSentence(sentence, width - 2), '  ')),
    ],
  ]);
}

function nodeWords({ drain, seconds }: NodeEstimate, bootSeconds: number, t: RenderContext['texts']['t']): string {
  const reboot = t('run.estimate.reboot', { time: durationOf(bootSeconds) });
  if (drain === undefined) return [t('run.estimate.notDrained'), reboot].join(', ');
  const pods = t('run.estimate.pods', { count: drain.pods, time: durationOf(drain.seconds) });
  const slow = drain.slow.length === 0 ? [] : [t('run.estimate.slow', { budgets: drain.slow.join(', ') })];
  return [pods, reboot, t('run.estimate.inAll', { time: durationOf(seconds) }), ...slow].join(', ');
}

function bootWords({ seconds, measured }: RunEstimate['boot'], t: RenderContext['texts']['t']): string {
  const time = durationOf(seconds);
  return measured === 0
    ? t('run.estimate.bootAssumed', { time })
    : t('run.estimate.bootMeasured', { time, count: measured });
}

function durationOf(seconds: number): string {
  return formatDuration(seconds * 1000);
}
