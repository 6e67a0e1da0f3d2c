import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { RetiredNames } from '../../registry/successor.ts';
import type { Finding } from '../problem.ts';
import { budgetFindings } from './budgets.ts';
import { nodeFindings } from './cgroup-version.ts';
import { finalizerFindings } from './finalizers.ts';
import { deprecatedFindings, metricsApiFindings } from './removed-apis.ts';
import { retiredImageFindings } from './retired-images.ts';
import { findings } from './rules.ts';
import { minorText, upgradePath, type UpgradePath } from './upgrade-path.ts';

/** What stands in the way of the next version, or of the one that was named (`--to`). */
export function diagnose(evidence: Evidence, _earlier?: Evidence, names?: RetiredNames): readonly Finding[] {
  const path = upgradePath(evidence);
  const ofCluster = clusterFindings(evidence, path, names);
  // Whether deprecated APIs are in use is more than most may read.
  const isWell = path.state === 'seen' && ofCluster.every(({ rule }) => rule === 'deprecated-unknown');
  return [
    ...(isWell && ofCluster.every(({ status }) => status === 'not-looked-at') ? [nothingBlocks(path.value)] : []),
    ...ofCluster,
    ...nodeFindings(evidence, path),
  ];
}

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#upgrade'] } as const;

function nothingBlocks({ to }: UpgradePath): Finding {
  return findings.pass({ rule: 'nothing-blocks', ...cluster, params: { to: minorText(to) } });
}

function clusterFindings(
  { cluster: seen }: Evidence,
  path: Observed<UpgradePath>,
  names: RetiredNames | undefined,
): readonly Finding[] {
  if (seen.state === 'unknown') return [findings.unknown({ rule: 'cluster-unknown', ...cluster }, seen.reason)];
  const { upgrade, workloads } = seen.state === 'seen' ? seen.value : {};
  if (seen.state === 'not-looked-at' || upgrade === undefined) {
    const enable = seen.state === 'not-looked-at' ? seen.enable : '--kubeconfig';
    const text = 'findings.cluster-not-looked-at';
    return [findings.notLookedAt({ rule: 'cluster-unknown', text, ...cluster }, enable)];
  }
  if (path.state !== 'seen')
    return [
      findings.unknown({ rule: 'version-unknown', ...cluster }, path.state === 'unknown' ? path.reason : 'malformed'),
    ];
  return [
    ...pathFindings(path.value),
    ...finalizerFindings(seen.value, path.value),
    ...metricsApiFindings(upgrade.apiServices, path.value),
    ...budgetFindings(upgrade.budgets, path.value),
    ...deprecatedFindings(upgrade.deprecatedApis, path.value),
    ...retiredImageFindings(workloads, path.value, names),
  ];
}

/** Each minor version has to be gone through (NKS user guide, cluster upgrade; kubernetes.io, version skew policy). */
function pathFindings({ from, to, isNamed }: UpgradePath): readonly Finding[] {
  if (!isNamed || to === from + 1) return [];
  const params = { from: minorText(from), to: minorText(to), next: minorText(from + 1) };
  const why = to > from ? 'skips' : to === from ? 'same' : 'older';
  // Within a minor version the patch alone changes: nothing of it is skipped.
  if (why === 'same') return [];
  return [findings.trouble({ rule: 'not-next-minor', why, status: 'fail', ...cluster, params })];
}
