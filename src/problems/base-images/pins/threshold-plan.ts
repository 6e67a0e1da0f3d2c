import type { NodeView } from '../../../images/node-view.ts';
import { laterThresholds, type Thresholds } from '../../../images/pins/thresholds.ts';
import { kubeletConfiguration, type KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { systemdUnits } from '../../../runtimes/systemd/units.ts';
import { kubeletHasSettings } from '../../kit/kubelet-has-settings.ts';
import { settingsActions, settingsHome } from '../../kit/kubelet-settings-home.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import { readFact } from '../../kit/read-fact.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { problemId } from '../meta.ts';
import { riskOf } from '../risk.ts';
import { isCuredBy } from '../rules.ts';
import { choiceOn } from './pin-means.ts';

const remedy = 'collection-thresholds';
const checkId = 'kubelet-has-thresholds';

/** The thresholds of the kubelet that runs. */
export const kubeletHasThresholds = kubeletHasSettings({
  flags: ['image-gc-high-threshold', 'image-gc-low-threshold'],
  keys: ['imageGCHighThresholdPercent', 'imageGCLowThresholdPercent'],
  words: ['high', 'low'],
  forms: [/^\d{1,3}$/u, /^\d{1,3}$/u],
});

/**
 * On nodes where nothing can protect an image: kubelet is told to remove images for room as late as it evicts. It is
 * restarted for it, so that it has to be asked for by name.
 */
export function planThresholds(
  { findings, remedies = new Set() }: PlanInput<BaseImagesInputs>,
  views: readonly NodeView[],
): ProblemPlan {
  if (!remedies.has(remedy)) return nothingPlanned;
  const atRisk = findings.filter((finding) => isCuredBy(finding, 'pin') && finding.rule.startsWith('at-risk'));
  return joinedPlans(
    atRisk.map(({ subject, fingerprint }): ProblemPlan => {
      const view = views.find(({ node }) => subject.kind === 'node' && node.name === subject.name);
      return view === undefined ? nothingPlanned : planNode(view, fingerprint);
    }),
  );
}

/** For what other thresholds would not help. */
const inVain: Readonly<Partial<Record<NonNullable<ReturnType<typeof riskOf>['why']>, string>>> = {
  pressure: 'evicting',
  inodes: 'inodes',
  'inodes-trend': 'inodes',
  'inodes-near': 'inodes',
};

function planNode(view: NodeView, fingerprint: string): ProblemPlan {
  const refused = (why: string, params: Readonly<Record<string, string | number>> = {}): ProblemPlan =>
    refusedPlan([fingerprint], `thresholds-${why}`, params);
  const { node, policy, room } = view;
  if (choiceOn(view).way !== 'none') return refused('pin-instead');
  const kubelet = readFact(node, kubeletConfiguration);
  if (policy.state !== 'seen' || room.state !== 'seen' || kubelet.state !== 'seen' || kubelet.value === 'no-kubelet')
    return refused('unseen');
  const { high: was, maximumAge } = policy.value;
  const { why } = riskOf(view, room.value, policy.value, undefined);
  if (why === 'age') return refused('age', { age: durationText(maximumAge) });
  const vain = why === undefined ? undefined : inVain[why];
  if (vain !== undefined) return refused(vain);
  const wanted = laterThresholds(room.value, policy.value);
  if (wanted === undefined) return refused('no-gain', { high: was });
  return planWith({ view, kubelet: kubelet.value, fingerprint, was, maximumAge, wanted });
}

interface Context {
  readonly view: NodeView;
  readonly kubelet: KubeletFacts;
  readonly fingerprint: string;
  readonly was: number;
  /** Seconds; 0: none. */
  readonly maximumAge: number;
  readonly wanted: Thresholds;
}

function planWith({ view: { node }, kubelet, fingerprint, was, maximumAge, wanted }: Context): ProblemPlan {
  const { high, low } = wanted;
  const units = readFact(node, systemdUnits);
  const unit = units.state === 'seen' ? units.value.get('kubelet') : undefined;
  const home = settingsHome(
    { node, kubelet, unit },
    {
      flags: { 'image-gc-high-threshold': String(high), 'image-gc-low-threshold': String(low) },
      keys: { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low },
      dropIn: '99-nodemend-base-images.conf',
    },
  );
  if ('refused' in home || unit?.fragment === undefined) {
    const file = 'refused' in home ? home.file : home.path;
    return refusedPlan([fingerprint], 'thresholds-by-hand', { file, high, low });
  }
  const actions = settingsActions(home, {
    base: { problem: problemId, node: node.name, cures: [fingerprint], partOf: remedy },
    kubelet,
    unit: { ...unit, fragment: unit.fragment },
    why: {
      file:
        maximumAge === 0
          ? { key: 'why.thresholds', params: { file: home.path, was, high } }
          : { key: 'why.thresholds-aged', params: { file: home.path, was, high, age: durationText(maximumAge) } },
      restart: 'why.kubelet-restart',
    },
    check: checkId,
    values: [String(high), String(low)],
  });
  return { actions, refused: [] };
}

/** As kubelet's configuration has it: `36h`, `90m`. */
function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
