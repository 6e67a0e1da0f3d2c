import type { Diagnosis } from '../../../engine/diagnose.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { codeSpan, inlineText, markdownTable } from '../markdown/markdown-text.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { createPaint } from '../paint.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { facts } from './facts.ts';
import { groupFindings, type FindingGroup } from './group.ts';
import { nextCommand, type NextCommandOptions } from './next-command.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';
import { scopeLine } from './scope.ts';
import { subjectName } from './subject.ts';
import { summaryLine } from './summary.ts';
import { unknownSentences } from './unknown-block.ts';
import { groupUnknowns, type UnknownGroup } from './unknowns.ts';
import { explainsWords, notLookedAtLines } from './view.ts';

/**
 * The diagnosis for a ticket or a chat: what was looked at, the summary, a table of causes with their nodes folded,
 * worst first, then what could not be seen, and what to type next. In the user's language; says the same as the view
 * for a terminal.
 */
export function renderFindingsMarkdown(report: FindingsReport, options: NextCommandOptions, texts: Texts): string {
  const { t } = texts;
  const { evidence, diagnosis } = report;
  const context: RenderContext = { texts, paint: createPaint(false), width: 100 };
  const sentence = (lines: readonly string[]): string => inlineText(lines.join(' '));
  const rows = [
    ...groupFindings(diagnosis.findings).map((group) => troubleRow(group, diagnosis, context)),
    ...groupUnknowns(evidence, diagnosis.findings).map((group) => unknownRow(group, texts)),
  ];
  const next = nextCommand(diagnosis.findings, options);
  const blocks = [
    `## ${inlineText(t('findings.markdownTitle'))}`,
    sentence(scopeLine(evidence, context)),
    `**${inlineText(summaryLine(evidence, diagnosis.findings, context))}**`,
    rows.length === 0
      ? ''
      : markdownTable(
          ['status', 'problem', 'nodes', 'cause'].map((column) => inlineText(t(`column.${column}`))),
          rows,
        ).trimEnd(),
    sentence(notLookedAtLines(diagnosis.findings, context)),
    next === undefined ? '' : `${inlineText(t('next'))} ${codeSpan(next)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function troubleRow(group: FindingGroup, diagnosis: Diagnosis, context: RenderContext): readonly string[] {
  const { problem, rule, status, severity, findings } = group;
  const { t } = context.texts;
  const cause = t(
    `problems.${problem}.${findings[0]?.text.key ?? ''}`,
    mergeParams(findings.map(({ text }) => text.params)),
  );
  const nodes = findings.flatMap(({ subject }) => (subject.kind === 'node' ? [subject.name] : []));
  const others = [
    ...new Set(findings.flatMap(({ subject }) => (subject.kind === 'node' ? [] : [subjectName(subject)]))),
  ];
  const explains = explainsWords(group, diagnosis, t);
  const numbers = [...facts(findings, context), ...(explains === '' ? [] : [explains])].join('; ');
  return [
    `**${inlineText(t(`status.${status}`))}**`,
    inlineText(t('findings.head', { problem, rule, severity: t(`severity.${severity}`) })),
    [nodesCell(nodes, t), codeSpan(printable(others.join(', ')))].filter((part) => part !== '').join(' '),
    [cause, numbers, explainsWords(group, diagnosis, t)]
      .map(inlineText)
      .filter((part) => part !== '')
      .join(' '),
  ];
}

function unknownRow(group: UnknownGroup, texts: Texts): readonly string[] {
  const { t } = texts;
  return [
    `**${inlineText(t('status.unknown'))}**`,
    inlineText(group.problems.join(', ')),
    nodesCell(group.nodes, t),
    inlineText(unknownSentences(group, texts).join(' ')),
  ];
}

/** How many, because nobody counts a folded set. */
function nodesCell(nodes: readonly string[], t: Texts['t']): string {
  if (nodes.length === 0) return '';
  const names = codeSpan(printable(foldNodes(nodes)));
  return nodes.length === 1 ? names : `${inlineText(t('count.nodes', { count: nodes.length }))}: ${names}`;
}
