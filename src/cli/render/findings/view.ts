import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Finding } from '../../../problems/problem.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { printable } from '../../../text/printable.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { indented, labelled, wrapNodeSet, wrapSentence } from '../wrap.ts';
import { facts } from './facts.ts';
import type { Diagnosis } from '../../../engine/diagnose.ts';
import type { Trouble } from '../../../problems/kit/rules.ts';
import { groupFindings, symptomsOf, type FindingGroup } from './group.ts';
import { nextCommand, type NextCommandOptions } from './next-command.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';
import { scopeLine } from './scope.ts';
import { subjectName } from './subject.ts';
import { summaryLine } from './summary.ts';
import { unknownBlock } from './unknown-block.ts';

const indent = '  ';

/**
 * The view of `diagnose` for people: what was looked at, troubles worst first with nodes of the same cause folded, what
 * could not be seen and why, what nobody asked for, the summary, and what to type next.
 */
export function renderFindings(report: FindingsReport, options: NextCommandOptions, context: RenderContext): string {
  const { evidence, diagnosis } = report;
  const groups = groupFindings(diagnosis.findings);
  return joinBlocks([
    scopeLine(evidence, context),
    ...groups.map((group) => groupBlock(group, diagnosis, context)),
    unknownBlock(report, context),
    notLookedAtLines(diagnosis.findings, context),
    wrapSentence(summaryLine(evidence, diagnosis.findings, context), context.width),
    nextLines(nextCommand(diagnosis.findings, options), context),
  ]);
}

function groupBlock(group: FindingGroup, diagnosis: Diagnosis, context: RenderContext): readonly string[] {
  const { t } = context.texts;
  const params = mergeParams(group.findings.map((finding) => finding.text.params));
  const sentence = t(`problems.${group.problem}.${group.findings[0]?.text.key ?? ''}`, params);
  const head = t('findings.head', {
    problem: group.problem,
    rule: group.rule,
    severity: t(`severity.${group.severity}`),
  });
  const room = context.width - indent.length;
  return [
    ...labelled(
      { text: t(`status.${group.status}`), tone: group.status },
      [head, ...countWords(group.findings, t)].join(', '),
      context,
    ),
    ...indented(wrapSentence(sentence, room), indent),
    ...indented(subjectLines(group.findings, room), indent),
    ...indented(wrapSentence(facts(group.findings, context).join('; '), room), indent),
    ...indented(wrapSentence(explainsWords(group, diagnosis, t), room), indent),
  ];
}

/** `12 nodes`; nothing for a cluster, a workload or a secret, which is named below. */
function countWords(findings: readonly Trouble[], t: RenderContext['texts']['t']): readonly string[] {
  const nodes = findings.filter(({ subject }) => subject.kind === 'node').length;
  return nodes === 0 ? [] : [t('count.nodes', { count: nodes })];
}

function subjectLines(findings: readonly Trouble[], width: number): readonly string[] {
  const nodes = findings.flatMap(({ subject }) => (subject.kind === 'node' ? [subject.name] : []));
  const others = findings.flatMap(({ subject }) => (subject.kind === 'node' ? [] : [subjectName(subject)]));
  return [
    ...wrapNodeSet(printable(foldNodes(nodes)), width),
    ...wrapSentence(printable([...new Set(others)].join(', ')), width),
  ];
}

/** One line for each flag that would look, and for what concerns no node one with its own words. */
export function notLookedAtLines(
  findings: readonly Finding[],
  { texts: { t }, paint, width }: RenderContext,
): readonly string[] {
  const skipped = findings.filter((finding) => finding.status === 'not-looked-at');
  const [onNodes, elsewhere] = [
    skipped.filter(({ subject }) => subject.kind === 'node'),
    skipped.filter(({ subject }) => subject.kind !== 'node'),
  ];
  const lines = [
    ...[...Map.groupBy(onNodes, ({ enable }) => enable)].map(([enable, group]) => {
      const problems = [...new Set(group.map(({ problem }) => problem))].join(', ');
      const nodes = new Set(group.flatMap(({ subject }) => ('name' in subject ? [subject.name] : []))).size;
      return t('findings.notLookedAt', { problems, nodes: t('count.nodes', { count: nodes }), enable });
    }),
    ...elsewhere.map(({ problem, text, enable }) =>
      t(`findings.${isCommand(enable) ? 'notLookedAtByCommand' : 'notLookedAtElsewhere'}`, {
        // A whole sentence does not end before what would look.
        what: t(`problems.${problem}.${text.key}`, mergeParams([text.params])).replace(/\.$/u, ''),
        enable,
      }),
    ),
  ];
  return [...new Set(lines)].flatMap((line) => wrapSentence(line, width).map((part) => paint('quiet', part)));
}

/** What would look is an option, a role to bind, or another command. */
function isCommand(enable: string): boolean {
  return /^[a-z]+ /u.test(enable);
}

/** Empty where it explains nothing. */
export function explainsWords(group: FindingGroup, diagnosis: Diagnosis, t: RenderContext['texts']['t']): string {
  const { count, rules } = symptomsOf(group, diagnosis);
  return count === 0 ? '' : t('findings.explains', { count, rules: rules.join(', ') });
}

/** A command to copy is never wrapped. */
function nextLines(command: string | undefined, { texts: { t }, paint }: RenderContext): readonly string[] {
  return command === undefined ? [] : [`${paint('place', t('next'))} ${printable(command)}`];
}
