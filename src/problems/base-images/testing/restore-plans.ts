import type { Evidence } from '../../../evidence/evidence.ts';
import type { SourceAnswer } from '../../../images/sources/source-answer.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { restoreRemedy, type RestoreInputs } from '../../../images/sources/restore-inputs.ts';
import { plan } from '../plan.ts';
import { without, type FixtureNode } from './fixture.ts';

export const pause = 'registry.k8s.io/pause:3.6';
export const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
/** Of the recorded nodes: one configuration, two manifests of it. */
export const pauseDigest = 'sha256:be00c4d3125f4a04bbe7e36e7e22a376fa056a2751e15f2643153dca69dd4336';
export const againDigest = 'sha256:36c039daf3f5afdcdfcc0a818bb331cf1b9cc736e9d6fe0cec38fdc9f92472eb';
export const pauseId = 'sha256:b107283e9fa5980dd19fb363e3b50650cf118665598fa55ab630b5293fa7c080';

/** Nothing of that configuration is left, under whatever name. */
export const withoutBox = without(/ (?:\S+\/box[:@]\S*|registry\.k8s\.io\/pause:\S*|sha256:b107\S*)$/);
export const withoutPauseAtAll = without(/sha256:b107/);
export const withoutProxy = without(/ registry\.k8s\.io\/kube-proxy:| sha256:a6f0\S*$/);
export const needy: FixtureNode = { name: 'worker-1', images: withoutBox };
export const healthy: FixtureNode = { name: 'worker-2' };

interface Case {
  readonly restore?: RestoreInputs;
  readonly answers?: Readonly<Record<string, SourceAnswer>>;
}

export const accepted = new Set<string>();

export function planned(evidence: Evidence, { restore = { accepted }, answers }: Case = {}): ProblemPlan {
  return plan({
    evidence,
    findings: diagnose(evidence),
    remedies: new Set([restoreRemedy]),
    inputs: { [restoreRemedy]: restore },
    sources: {
      settings: { names: [], plainHttp: [] },
      answers: new Map([['worker-1', new Map(Object.entries(answers ?? {}))]]),
    },
  });
}

export const refusals = ({ refused }: ProblemPlan): readonly string[] => refused.map(({ key }) => key);
export const found = (digest: string, bytes = 700): SourceAnswer => ({
  state: 'found',
  digest,
  id: pauseId,
  bytes,
  parts: [{ digest: pauseId, bytes }],
});
