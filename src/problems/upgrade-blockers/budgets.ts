import type { Observed } from '../../evidence/evidence.ts';
import type { DisruptionBudget } from '../../evidence/upgrade/upgrade.ts';
import type { Finding } from '../problem.ts';
import { findings } from './rules.ts';
import type { UpgradePath } from './upgrade-path.ts';

/**
 * Budgets that by their own rule never let a pod go, as long as they guard as many as now. One that lets none go because
 * pods are not ready heals by itself, and is nobody's fault here.
 */
export function budgetFindings(
  seen: Observed<readonly DisruptionBudget[]>,
  { isNamed }: UpgradePath,
): readonly Finding[] {
  const evidence = ['cluster#upgrade'];
  if (seen.state !== 'seen')
    return [
      findings.unknown(
        { rule: 'budgets-unknown', subject: { kind: 'cluster' }, evidence },
        seen.state === 'unknown' ? seen.reason : 'malformed',
      ),
    ];
  return seen.value.filter(neverAllows).map(({ namespace, name, expectedPods, desiredHealthy }) =>
    findings.trouble({
      rule: 'budget-never-allows',
      status: isNamed ? 'fail' : 'warn',
      subject: { kind: 'workload', namespace, name: `PodDisruptionBudget/${name}` },
      params: { pods: expectedPods, healthy: desiredHealthy },
      evidence,
    }),
  );
}

/** A budget of no pods stands in nobody's way; one that was changed since its controller looked is not known yet. */
function neverAllows({ isCounted, expectedPods, desiredHealthy }: DisruptionBudget): boolean {
  return isCounted && expectedPods > 0 && desiredHealthy >= expectedPods;
}
