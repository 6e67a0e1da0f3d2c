import { stepWord } from '../kind-text.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { RunEvent } from '../../../engine/run.ts';
import type { ErrorCode } from '../../../errors/catalogue.ts';
import type { TextParams } from '../../../locales/translator.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { hanging, indented, wrapSentence } from '../wrap.ts';
import { endingWords, outcomeReasons, type Outcome } from './outcomes.ts';
import { stopWords } from './result.ts';

export interface RunViewOptions {
  /**
   * Every step of every node and object (`--verbose`); without it only those of batches of at most three nodes, as the
   * canary is, and what was done to each object.
   */
  readonly verbose: boolean;
}

/** Tells a run while it happens, for standard error: lines that stay, above any progress line. */
export interface RunView {
  /** The lines for an event, each ending with a newline; empty when it is not worth one. */
  readonly tell: (event: RunEvent) => string;
}

const fewNodes = 3;

export function createRunView(context: RenderContext, options: RunViewOptions): RunView {
  let batchSize = 0;
  return {
    tell: (event) => {
      if (event.event === 'batch') batchSize = event.nodes.length;
      if (event.event === 'objects') batchSize = event.count;
      const shown = options.verbose || !isRoutine(event, batchSize > fewNodes);
      const lines = linesFor(event, shown, context);
      return lines.map((line) => `${line}\n`).join('');
    },
  };
}

/**
 * Locking and unlocking frame every run; they are worth a line when they fail. Objects come one by one, so each has a
 * line also where they are many: the one that says what was done.
 */
function isRoutine(event: RunEvent, many: boolean): boolean {
  if (event.event !== 'step-ended') return false;
  if (event.object === undefined)
    return (
      many || (['lock', 'unlock'].includes(event.step) && (event.outcome === 'done' || event.outcome === 'already'))
    );
  return event.outcome === 'done' && (event.step === 'prepare' || (many && event.step === 'verify'));
}

function linesFor(event: RunEvent, steps: boolean, context: RenderContext): readonly string[] {
  const { t } = context.texts;
  const sentence = (text: string): readonly string[] => wrapSentence(text, context.width);
  switch (event.event) {
    case 'started':
      return sentence(t(`run.started.${event.kind}`, { run: event.run, nodes: startedOn(event, t) }));
    case 'lease-taken':
      return event.from === undefined ? [] : sentence(t('run.leaseFrom', { from: event.from }));
    case 'batch':
      return sentence(
        t('run.batch', {
          number: event.index + 1,
          of: event.of,
          nodes: printable(foldNodes(event.nodes)),
          count: event.nodes.length,
        }),
      );
    case 'step-ended':
      return steps ? stepLines(event, context) : [];
    case 'node-ended':
      return event.outcome.ending === 'done' ? [] : endedLines(event.outcome.node, event.outcome, context);
    default:
      return pauseLines(event, context);
  }
}

/** `3 nodes, 2 objects` */
function startedOn(
  { nodes, objects }: Extract<RunEvent, { readonly event: 'started' }>,
  t: RenderContext['texts']['t'],
): string {
  const words = [
    ...(nodes.length === 0 && objects > 0 ? [] : [t('count.nodes', { count: nodes.length })]),
    ...(objects === 0 ? [] : [t('count.objects', { count: objects })]),
  ];
  return words.join(', ');
}

/** Of the other events; those that the result or the next line tells are left out. */
function pauseLines(event: RunEvent, context: RenderContext): readonly string[] {
  const { t } = context.texts;
  switch (event.event) {
    case 'objects':
      return wrapSentence(t('run.objects', { count: event.count }), context.width);
    case 'object-ended':
      return event.outcome.ending === 'done' ? [] : endedLines(event.outcome.object, event.outcome, context);
    case 'soak':
      return event.seconds > 0 ? wrapSentence(t('run.soak', { seconds: event.seconds }), context.width) : [];
    case 'api-away':
      return troubleLines(event, t('run.apiAway', { seconds: event.seconds }), context);
    case 'lease-kept':
      return troubleLines(event, t('run.leaseKept', { lease: event.lease, minutes: event.seconds / 60 }), context);
    case 'stopping':
      return stopWords(event.reason, context.texts).flatMap((words) =>
        hanging({ text: t('run.stopping'), tone: 'warn', gap: 1 }, words, context),
      );
    default:
      return clusterLines(event, context);
  }
}

/** What the cluster does meanwhile. */
function clusterLines(event: RunEvent, context: RenderContext): readonly string[] {
  const { t } = context.texts;
  if (event.event === 'node-departed') {
    const words = t(event.replaced ? 'run.nodeReplaced' : 'run.nodeDeparted', { node: printable(event.node) });
    return hanging({ text: t('run.nodeEnded'), tone: 'warn', gap: 1 }, words, context);
  }
  if (event.event !== 'waiting') return [];
  const { seconds, nodes, params } = event;
  const words = t('run.waiting', { seconds, nodes: foldNodes(nodes), ...params });
  return wrapSentence(words, context.width);
}

/** An error that does not end the run, and what it means for it. */
function troubleLines(
  { code, params }: Pick<Extract<RunEvent, { readonly event: 'api-away' }>, 'code' | 'params'>,
  words: string,
  context: RenderContext,
): readonly string[] {
  const { t, error } = context.texts;
  const head = hanging(
    { text: t('run.nodeEnded'), tone: 'warn', gap: 1 },
    `${error(code, params).cause} [${code}]`,
    context,
  );
  return [...head, ...indented(wrapSentence(words, context.width - 2), '  ')];
}

function stepLines(
  { node, object, step, outcome, detail, error }: Extract<RunEvent, { readonly event: 'step-ended' }>,
  context: RenderContext,
): readonly string[] {
  const { t } = context.texts;
  const name = stepWord(step, context.texts);
  const tone = outcome === 'done' || outcome === 'already' ? 'ok' : 'fail';
  // What a step that went well says is for the journal, in English; one that did not has a code, or the node's own words.
  const quiet = tone === 'ok' && context.texts.language !== 'en';
  const where = printable(node ?? object);
  const words = quiet
    ? t('run.stepDone', { node: where, step: name })
    : t('run.stepEnded', { node: where, step: name, detail: error ? inWords(error, context) : detail });
  return hanging({ text: `  ${t(`run.outcome.${outcome}`)}`, tone, gap: 1 }, words, context);
}

function inWords(
  { code, params }: { readonly code: ErrorCode; readonly params: TextParams },
  { texts }: RenderContext,
): string {
  return `${texts.error(code, mergeParams([params])).cause} [${code}]`;
}

function endedLines(name: string, outcome: Outcome, context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const head = texts.t('run.endedOn', { node: name, words: endingWords(outcome, texts) });
  const reasons = outcomeReasons([outcome], texts).flatMap((sentence) =>
    indented(wrapSentence(sentence, width - 2), '  '),
  );
  return [...hanging({ text: texts.t('run.nodeEnded'), tone: 'fail', gap: 1 }, head, context), ...reasons];
}
