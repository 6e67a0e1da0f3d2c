import type { SecretSettingAction } from '../../actions/secret-setting/secret-setting-action.ts';
import type { WorkloadRestartAction } from '../../actions/workload-restart/workload-restart-action.ts';
import type { CinderConfig } from '../../evidence/cinder/cinder-config.ts';
import { managedBy } from '../kit/managed-by.ts';
import { nothingPlanned } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import type { PlacedWorkload } from '../kit/workload-tree.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { cinderNamespace, partsOf, secretName } from './cinder.ts';
import { problemId, rescanRemedy } from './meta.ts';

const settingId = `secret-setting:${cinderNamespace}/Secret/${secretName}`;

/**
 * Switches `rescan-on-resize` on, and restarts what reads it when it starts; all of it or nothing. Only when asked for:
 * the Secret and the driver are the provider's.
 */
export function plan({ evidence: { cluster }, findings, remedies }: PlanInput): ProblemPlan {
  const finding = findings.find(isOpen);
  if (finding === undefined || cluster.state !== 'seen') return nothingPlanned;
  const { cinderConfig, workloads } = cluster.value;
  if (cinderConfig?.state !== 'seen' || cinderConfig.value === 'absent' || workloads === undefined)
    return nothingPlanned;
  if (!remedies?.has(rescanRemedy)) return refuse(finding, 'rescan-not-asked', {}, finding.status === 'warn');
  return planChange(finding, cinderConfig.value, partsOf(workloads));
}

function planChange(finding: Trouble, config: CinderConfig, parts: readonly PlacedWorkload[] | undefined): ProblemPlan {
  if (parts === undefined) return refuse(finding, 'parts-missing', {});
  const obstacle = obstacleOf(config, parts);
  if (obstacle) return refuse(finding, obstacle.why, obstacle.params);
  const { splice } = config;
  if (splice === undefined) return refuse(finding, 'no-edit', {});
  return {
    actions: [],
    clusterActions: [settingOf(finding, config, splice), ...parts.map((part) => restartOf(finding, part))],
    refused: [],
  };
}

function isOpen(finding: Finding): finding is Trouble {
  return (
    finding.rule === 'rescan-missing' && (finding.status === 'fail' || finding.status === 'warn') && finding.remedy
  );
}

interface Obstacle {
  readonly why: string;
  readonly params: Readonly<Record<string, string>>;
}

function obstacleOf(config: CinderConfig, parts: readonly PlacedWorkload[]): Obstacle | undefined {
  if (config.immutable) return { why: 'immutable', params: {} };
  const manager = [config.marks, ...parts.map(({ workload }) => workload.marks)].map(managedBy).find(Boolean);
  if (manager) return { why: 'managed', params: { by: `${manager.tool} ${manager.name}`.trim() } };
  const fixed = parts.find(({ workload }) => workload.strategy === 'OnDelete');
  return fixed && { why: 'on-delete', params: { workload: `${fixed.kind}/${fixed.workload.name}` } };
}

function settingOf(
  { fingerprint }: Trouble,
  { uid, resourceVersion, writtenBy, file }: CinderConfig,
  splice: NonNullable<CinderConfig['splice']>,
): SecretSettingAction {
  return {
    kind: 'secret-setting',
    id: settingId,
    problem: problemId,
    cures: [fingerprint],
    why: { key: 'why.rescan', params: {} },
    object: {
      kind: 'Secret',
      group: '',
      version: 'v1',
      resource: 'secrets',
      namespace: cinderNamespace,
      name: secretName,
    },
    uid,
    resourceVersion,
    ...(writtenBy === undefined ? {} : { before: writtenBy }),
    file,
    setting: { section: 'BlockStorage', name: 'rescan-on-resize' },
    splice,
  };
}

function restartOf({ fingerprint }: Trouble, placed: PlacedWorkload): WorkloadRestartAction {
  const { group, version, resource, kind, workload } = placed;
  const { namespace, name, uid, restartedBy } = workload;
  return {
    kind: 'workload-restart',
    id: `workload-restart:${namespace}/${kind}/${name}`,
    problem: problemId,
    cures: [fingerprint],
    why: { key: 'why.restart', params: {} },
    disrupts: 'restart',
    object: { kind, group, version, resource, namespace, name },
    uid,
    ...(restartedBy === undefined ? {} : { before: restartedBy }),
    reads: settingId,
  };
}

function refuse(
  { fingerprint }: Trouble,
  why: string,
  params: Readonly<Record<string, string>>,
  isOptional = false,
): ProblemPlan {
  const refused = { fingerprint, key: `refused.${why}`, params, ...(isOptional ? { optional: true as const } : {}) };
  return { actions: [], refused: [refused] };
}
