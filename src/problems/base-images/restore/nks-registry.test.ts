import { expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import { restoreRemedy, type RestoreInputs } from '../../../images/sources/restore-inputs.ts';
import type { SourceAnswer } from '../../../images/sources/source-answer.ts';
import { diagnose } from '../diagnose.ts';
import { plan } from '../plan.ts';
import { daemonSet, fixture, without } from '../testing/fixture.ts';
import { sourceQuestions } from './source-questions.ts';

const pause = 'registry.k8s.io/pause:3.6';
const nowhere = { images: without(/ (?:\S+\/box[:@]\S*|registry\.k8s\.io\/pause:\S*|sha256:b107\S*)$/) };
const region = 'dfe965c3-kr1-registry.container.nhncloud.com/container_service';
const accepted = new Set<string>();
const silent: SourceAnswer = { state: 'unknown', reason: 'unreachable', detail: 'no route' };

/** On NKS, in the region kr1. */
function onNks(evidence: Evidence): Evidence {
  if (evidence.cluster.state !== 'seen') throw new Error('no cluster');
  const server = 'https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443';
  return { ...evidence, cluster: { state: 'seen', value: { ...evidence.cluster.value, server } } };
}

interface Case {
  /** Of the region's two registries. */
  readonly answers?: readonly SourceAnswer[];
  readonly restore?: RestoreInputs;
  readonly nksRegistryUrl?: string;
}

function refusals(evidence: Evidence, { answers = [], restore = { accepted }, nksRegistryUrl }: Case = {}) {
  const said = answers.map((answer, at) => [`${at === 0 ? '' : 'private-'}${region}/pause:3.6`, answer] as const);
  const { refused } = plan({
    evidence,
    findings: diagnose(evidence),
    remedies: new Set([restoreRemedy]),
    inputs: { [restoreRemedy]: restore },
    sources: {
      settings: { nksRegistryUrl, names: [], plainHttp: [] },
      answers: new Map([['worker-1', new Map(said)]]),
    },
  });
  return refused.map(({ key }) => key);
}

test('without its registry: what has to be enabled, and that the guide’s is gone', () => {
  const evidence = fixture(nowhere);
  const nks = onNks(evidence);
  expect(refusals(nks, { answers: [silent, silent] })).toEqual([
    'refused.restore-no-source',
    'refused.source-not-asked',
    'refused.source-unknown',
    'refused.source-unknown',
    'refused.source-nks-off',
    'refused.source-withdrawn',
  ]);
  // Before those of the region are asked, nobody knows.
  expect(refusals(nks)).toEqual(['refused.restore-no-source', 'refused.source-not-asked', 'refused.source-withdrawn']);
  const only = { accepted, from: new Set(['runtime'] as const) };
  for (const not of [{ restore: only }, { nksRegistryUrl: region }])
    expect(refusals(nks, { answers: [silent, silent], ...not })).not.toContain('refused.source-nks-off');
  expect(refusals(evidence)).not.toContain('refused.source-withdrawn');
});

test('with a registry that the cluster’s own images show, or that answers by its region, nothing has to be', () => {
  const uses = [daemonSet(`private-${region}/kube-proxy:v1.30.3`)];
  // The name of its API server has no region.
  const evidence = fixture(nowhere, { uses });
  const asked = sourceQuestions({
    evidence,
    findings: diagnose(evidence),
    remedies: new Set([restoreRemedy]),
    inputs: { [restoreRemedy]: { accepted, images: new Set([pause]) } },
  });
  expect(asked.map(({ reference }) => reference)).toEqual([pause, `private-${region}/pause:3.6`]);
  expect(refusals(onNks(evidence), { answers: [silent, silent] })).not.toContain('refused.source-nks-off');
  const answers = [{ state: 'absent' } as const, silent];
  expect(refusals(onNks(fixture(nowhere)), { answers })).not.toContain('refused.source-nks-off');
});
