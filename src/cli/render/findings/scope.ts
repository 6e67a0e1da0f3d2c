import type { Evidence } from '../../../evidence/evidence.ts';
import type { RenderContext } from '../render-context.ts';
import { shortInstant } from '../instant.ts';
import { wrapSentence } from '../wrap.ts';

/** What was looked at, when and how: the first line, so that nobody reads the findings of another cluster. */
export function scopeLine(evidence: Evidence, { texts: { t }, paint, width }: RenderContext): readonly string[] {
  const { cluster, scope, nodes, collectedAt } = evidence;
  const target =
    cluster.state === 'seen'
      ? t('findings.scope.cluster', { name: cluster.value.context, server: cluster.value.server })
      : t(`findings.scope.${scope.targets}`);
  const parts = [
    target,
    ...(scope.namespace === undefined ? [] : [t('findings.scope.namespace', { namespace: scope.namespace })]),
    t('count.nodes', { count: nodes.length }),
    t(`findings.scope.via.${scope.via}`),
    shortInstant(collectedAt),
  ];
  return wrapSentence(parts.join(', '), width).map((line) => paint('quiet', line));
}
