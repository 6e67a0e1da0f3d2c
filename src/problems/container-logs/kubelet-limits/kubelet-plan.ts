import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { asBytes } from '../../kit/file-edit.ts';
import { settingsActions, settingsHome, type SettingsHome } from '../../kit/kubelet-settings-home.ts';
import { fingerprintsOf, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { Finding, ProblemPlan } from '../../problem.ts';
import { problemId } from '../finding.ts';
import { diskOf } from '../logs/usage.ts';
import type { DaemonUnit } from '../../../runtimes/systemd/units.ts';
import { daemonUnit, nodeFacts, type NodeFacts } from '../facts.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { configurationKeys } from '../../../runtimes/kubelet/configuration.ts';
import { runningKubelet } from './kubelet-findings.ts';
import { kubeletLimits, type KubeletLimits, type RefusedKind } from './kubelet-limits.ts';
import { quantityText } from '../../../runtimes/kubelet/quantity.ts';
import { wantedLimits, type WantedLimits } from './wanted-limits.ts';
import { worstCase } from './worst-case.ts';

const kubeletRemedy = 'kubelet-log-limits';

export interface KubeletPlanInput {
  readonly node: NodeEvidence;
  /** The findings to cure. */
  readonly troubles: readonly Finding[];
  readonly remedies: ReadonlySet<string>;
}

/** kubelet's limits in the place that its command line shows, then its restart; only where it was asked for. */
export function planKubelet({ node, troubles, remedies }: KubeletPlanInput): ProblemPlan {
  if (troubles.length === 0) return nothingPlanned;
  if (!remedies.has(kubeletRemedy)) return notAsked(troubles);
  const facts = nodeFacts(node);
  const kubelet = runningKubelet(facts);
  const limits = kubelet.state === 'seen' ? kubeletLimits(node, kubelet.value) : undefined;
  if (kubelet.state !== 'seen' || limits?.state !== 'seen') return refusedPlan(troubles, 'kubelet-unseen', {});
  const wanted = wantedOn(facts, kubelet.value, limits.value);
  if (wanted === undefined) return refusedPlan(troubles, 'kubelet-disk-too-small', {});
  const { refusedKind } = limits.value;
  return planWith({ node, kubelet: kubelet.value, unit: daemonUnit(facts, 'kubelet'), wanted, refusedKind, troubles });
}

function wantedOn(facts: NodeFacts, kubelet: KubeletFacts, limits: KubeletLimits): WantedLimits | undefined {
  const disk = diskOf(facts, 'pods');
  if (disk === undefined || facts.logFiles.state !== 'seen') return undefined;
  return wantedLimits(disk, worstCase(limits, kubelet, facts.logFiles.value, disk).fullContainers);
}

interface Context {
  readonly node: NodeEvidence;
  readonly kubelet: KubeletFacts;
  readonly unit: DaemonUnit | undefined;
  readonly wanted: WantedLimits;
  readonly refusedKind: RefusedKind | undefined;
  readonly troubles: readonly Finding[];
}

function planWith({ node, kubelet, unit, wanted, refusedKind, troubles }: Context): ProblemPlan {
  const values = { containerLogMaxSize: quantityText(wanted.maxBytes), containerLogMaxFiles: wanted.maxFiles };
  const shown = { size: values.containerLogMaxSize, files: values.containerLogMaxFiles };
  const home = settingsHome(
    { node, kubelet, unit },
    {
      flags: {
        'container-log-max-size': values.containerLogMaxSize,
        'container-log-max-files': String(values.containerLogMaxFiles),
      },
      keys: values,
      dropIn: '99-nodemend-container-logs.conf',
    },
  );
  if ('refused' in home) return refusedPlan(troubles, home.refused, { ...shown, file: home.file });
  if (refusedKind !== undefined && !isMended(refusedKind, home))
    return refusedPlan(troubles, 'kubelet-kind', { ...refusedKind });
  if (unit?.fragment === undefined) return refusedPlan(troubles, 'kubelet-no-unit', { ...shown, file: home.path });
  const actions = settingsActions(home, {
    base: { problem: problemId, node: node.name, cures: fingerprintsOf(troubles) },
    kubelet,
    unit: { ...unit, fragment: unit.fragment },
    why: {
      file: { key: `why.kubelet-limits.${home.form}`, params: { file: home.path, ...shown } },
      restart: 'why.kubelet-restart',
    },
    check: 'kubelet-has-limits',
    values: [values.containerLogMaxSize, String(values.containerLogMaxFiles)],
  });
  return { actions, refused: [] };
}

/** Limits in another place, or beside another value that kubelet does not take, would not let it start. */
function isMended({ source }: RefusedKind, { path, content }: SettingsHome): boolean {
  return path === source && configurationKeys({ content: asBytes(content) })?.refused === undefined;
}

/** A limit that is only generous can stay; one that does not work cannot. */
function notAsked(findings: readonly Finding[]): ProblemPlan {
  const refused = findings.map(({ fingerprint, status }) => ({
    fingerprint,
    key: 'refused.kubelet-opt-in',
    params: {},
    ...(status === 'warn' ? { optional: true as const } : {}),
  }));
  return { actions: [], refused };
}
