import type { Observed } from '../../evidence/evidence.ts';
import type { AggregatedApi, DeprecatedApi } from '../../evidence/upgrade/upgrade.ts';
import { versionNumbers } from '../../runtimes/version.ts';
import type { Finding } from '../problem.ts';
import { findings } from './rules.ts';
import { minorText, type UpgradePath } from './upgrade-path.ts';

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#upgrade'] } as const;

/** The upgrade of workers from 1.26 to 1.27 fails while somebody serves it (NKS troubleshooting guide, draft of 2025-01). */
const customMetrics = { group: 'custom.metrics.k8s.io', below: 27 } as const;

export function metricsApiFindings(
  seen: Observed<readonly AggregatedApi[]>,
  { from, to, isNamed }: UpgradePath,
): readonly Finding[] {
  if (seen.state !== 'seen')
    return [
      findings.unknown(
        { rule: 'metrics-api-unknown', ...cluster },
        seen.state === 'unknown' ? seen.reason : 'malformed',
      ),
    ];
  const found = seen.value.find(({ group }) => group === customMetrics.group);
  if (found === undefined || from >= customMetrics.below || to < customMetrics.below) return [];
  const params = { service: found.service, to: minorText(customMetrics.below) };
  return [findings.trouble({ rule: 'metrics-api', status: isNamed ? 'fail' : 'warn', ...cluster, params })];
}

/** Only what the version to come no longer has; what a later one drops is not this upgrade's. */
export function deprecatedFindings(
  seen: Observed<readonly DeprecatedApi[]>,
  { to, isNamed }: UpgradePath,
): readonly Finding[] {
  if (seen.state === 'unknown') return [findings.unknown({ rule: 'deprecated-unknown', ...cluster }, seen.reason)];
  if (seen.state === 'not-looked-at') {
    const text = 'findings.deprecated-not-looked-at';
    return [findings.notLookedAt({ rule: 'deprecated-unknown', text, ...cluster }, seen.enable)];
  }
  const gone = seen.value.filter(({ removedRelease }) => (versionNumbers(removedRelease)?.[1] ?? Infinity) <= to);
  if (gone.length === 0) return [];
  const names = gone.map(({ group, version, resource }) => `${resource}.${version}${group === '' ? '' : `.${group}`}`);
  const params = { apis: names.toSorted().join(', '), to: minorText(to) };
  return [findings.trouble({ rule: 'deprecated-api', status: isNamed ? 'fail' : 'warn', ...cluster, params })];
}
