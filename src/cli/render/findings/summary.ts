import type { Evidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../../problems/problem.ts';
import type { RenderContext } from '../render-context.ts';
import { countFindings, countNodes, statuses, type Counts } from '../../../app/documents/findings/counts.ts';

/**
 * The last word of a diagnosis. It says "fine" only when everything that was asked was seen and passed: a node that
 * could not be seen, or was not looked at, is said so in the same sentence.
 */
export function summaryLine(evidence: Evidence, findings: readonly Finding[], { texts: { t } }: RenderContext): string {
  const nodes = countNodes(evidence, findings);
  const total = evidence.nodes.length;
  const { fail, warn, unknown, pass } = countFindings(findings);
  if (fail + warn > 0) return troubles(nodes, total, t);
  if (nodes.unknown > 0) return t('findings.summary.unknown', { count: total, unknown: nodes.unknown });
  if (unknown > 0) return t('findings.summary.unknownElsewhere', { count: total });
  if (nodes.pass === 0)
    return t(
      `findings.summary.${pass === 0 ? 'nothing' : nodes['not-looked-at'] === 0 ? 'cleanElsewhere' : 'withoutNodes'}`,
      { count: total },
    );
  if (nodes['not-looked-at'] > 0) return t('findings.summary.partly', { count: total, seen: nodes.pass });
  return t('findings.summary.clean', { count: nodes.pass });
}

function troubles(nodes: Counts, total: number, t: RenderContext['texts']['t']): string {
  if (nodes.fail + nodes.warn === 0) return t('findings.summary.troublesElsewhere');
  if (total === 1) return t(`findings.summary.one.${nodes.fail > 0 ? 'fail' : 'warn'}`);
  return t('findings.summary.troubles', { nodes: t('count.nodes', { count: total }), list: list(nodes, t) });
}

function list(nodes: Counts, t: RenderContext['texts']['t']): string {
  return statuses
    .filter((status) => nodes[status] > 0)
    .map((status) => t(`findings.summary.part.${status}`, { count: nodes[status] }))
    .join(', ');
}
