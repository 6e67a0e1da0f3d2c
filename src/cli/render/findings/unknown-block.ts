import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';
import { groupUnknowns, type UnknownGroup } from './unknowns.ts';

const indent = '  ';

/** What was asked and could not be seen: per reason the nodes, and how to see them next time. */
export function unknownBlock({ evidence, diagnosis }: FindingsReport, context: RenderContext): readonly string[] {
  const groups = groupUnknowns(evidence, diagnosis.findings);
  if (groups.length === 0) return [];
  const { t } = context.texts;
  const nodes = new Set(groups.flatMap((group) => group.nodes)).size;
  const count =
    nodes === 0
      ? t('findings.unknownElsewhere')
      : t('findings.unknownCount', { count: evidence.nodes.length, unknown: nodes });
  return [
    ...labelled({ text: t('status.unknown'), tone: 'unknown' }, count, context),
    ...groups.flatMap((group) => groupLines(group, evidence.scope.problems, context)),
  ];
}

function groupLines(group: UnknownGroup, asked: readonly string[], context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const problems = group.problems.length === asked.length ? '' : ` (${group.problems.join(', ')})`;
  const [what = '', ...more] = unknownSentences(group, texts);
  return [
    ...indented(wrapSentence(what + problems, width - indent.length), indent),
    ...more.flatMap((line) => indented(wrapSentence(line, width - 2 * indent.length), indent + indent)),
  ];
}

/** What could not be seen and on which nodes, why, and what to do about it. */
export function unknownSentences(group: UnknownGroup, texts: RenderContext['texts']): readonly string[] {
  if (group.error === undefined) return reasonLines(group, texts);
  // Of a node everything is unknown; of the cluster the part that is.
  return group.nodes.length > 0
    ? errorLines(group.error, texts)
    : [...sentencesOf(group, texts), ...errorLines(group.error, texts)];
}

/** The error's own words, once for all nodes that had it: its values become node sets, ranges and lists. */
function errorLines(
  { code, params }: NonNullable<UnknownGroup['error']>,
  texts: RenderContext['texts'],
): readonly string[] {
  const { cause, next } = texts.error(code, mergeParams(params));
  return [`${cause} [${code}]`, next];
}

function reasonLines(group: UnknownGroup, texts: RenderContext['texts']): readonly string[] {
  const { t } = texts;
  if (group.nodes.length === 0) return [...sentencesOf(group, texts), t(`reason.${group.reason}.next`)];
  const nodes = printable(foldNodes(group.nodes));
  return [
    t('findings.unknownReason', { reason: t(`reason.${group.reason}.what`), nodes }),
    ...sentencesOf(group, texts),
    t(`reason.${group.reason}.next`),
  ];
}

/** What the findings themselves say, each sentence once. */
function sentencesOf({ findings }: UnknownGroup, { t }: RenderContext['texts']): readonly string[] {
  const groups = Map.groupBy(findings, ({ problem, text }) => `${problem}.${text.key}`);
  return [...groups].map(([key, group]) => t(`problems.${key}`, mergeParams(group.map(({ text }) => text.params))));
}
