import type { PlanScope } from '../../../app/plans/plan-scope.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Finding } from '../../../problems/problem.ts';
import { printable } from '../../../text/printable.ts';
import { notLookedAtLines } from '../findings/view.ts';
import { unknownSentences } from '../findings/unknown-block.ts';
import { groupUnknowns } from '../findings/unknowns.ts';
import type { RenderContext } from '../render-context.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { indented, wrapSentence } from '../wrap.ts';

const indent = '  ';

/** What a plan does nothing about, and why: what could not be seen, was not looked at, or has no remedy in it. */
export function leftAloneLines(scope: PlanScope, context: RenderContext): readonly string[] {
  const { texts, paint, width } = context;
  const warned = (words: readonly string[]): readonly string[] =>
    words.flatMap((sentence) => wrapSentence(sentence, width)).map((line) => paint('warn', line));
  return [
    ...warned(unobservedWords(scope, texts)),
    ...groupUnknowns(scope.evidence, scope.findings).flatMap((group) =>
      unknownSentences(group, texts).flatMap((line) => indented(wrapSentence(line, width - indent.length), indent)),
    ),
    ...notLookedAtLines(scope.findings, context),
    ...warned([...unmendedWords(scope.findings, texts), ...furtherWords(scope, texts)]),
  ];
}

function unobservedWords({ unseen, findings }: PlanScope, { t }: Texts): readonly string[] {
  if (unseen.length > 0) return [t('plan.unseen', { count: unseen.length, nodes: printable(foldNodes(unseen)) })];
  return findings.some(({ status }) => status === 'unknown') ? [t('plan.unseenElsewhere')] : [];
}

/** A plan without them would read as if all were well. */
function unmendedWords(findings: readonly Finding[], { t }: Texts): readonly string[] {
  const unmended = findings.filter(
    (finding) => (finding.status === 'fail' || finding.status === 'warn') && !finding.remedy,
  );
  const rules = [...new Set(unmended.map(({ rule }) => rule))].toSorted();
  return rules.length === 0 ? [] : [t('plan.unmended', { count: unmended.length, rules: rules.join(', ') })];
}

function furtherWords({ further }: PlanScope, { t }: Texts): readonly string[] {
  return further.map(({ problem, remedies }) => t('plan.further', { problem, remedies: remedies.join(', ') }));
}
