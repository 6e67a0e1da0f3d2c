import { expect, test } from 'vitest';
import { diagnose } from '../engine/diagnose.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { problems } from './testing/all-problems.ts';
import { fixturesOf } from './testing/problem-fixtures.ts';

/** A pull that fails for a reason which another finding tells is told once. */
function evidenceOf(problem: string, name: string, message: string): Evidence {
  const { evidence } = fixturesOf(problem).find((one) => one.name === name)!;
  const text = JSON.stringify({
    ...evidence,
    scope: { ...evidence.scope, problems: problems.map(({ meta }) => meta.id) },
  });
  return JSON.parse(text, (key, value: unknown) => (key === 'message' ? message : value)) as Evidence;
}

const refused = (image: string): string =>
  `failed to resolve reference "${image}": pull access denied, repository does not exist or may require ` +
  'authorization: server message: insufficient_scope: authorization failed';

test.each([
  ['calico-images', 'fail-wrong-repository', refused('docker.io/library/calico-node:v3.24.1'), 'auth-or-missing'],
  ['calico-images', 'fail-wrong-repository', 'Back-off pulling image "calico-node:v3.24.1"', 'cause-unseen'],
  ['image-pull', 'fail-retired-reference-renamed', refused('quay.io/coreos/flannel:v0.15.1'), 'retired-registry'],
  ['image-pull', 'fail-retired-reference-renamed', '', 'cause-unseen'],
])('%s, %s: %s', (problem, name, message, symptom) => {
  const { findings, muted } = diagnose(evidenceOf(problem, name, message), problems);

  expect(findings.filter(({ status }) => status === 'fail')).toHaveLength(1);
  expect(muted.map(({ rule }) => rule)).toEqual([symptom]);
});

test('a pull that fails for room, or at a limit, is told beside it', () => {
  const limit =
    'failed to resolve reference "docker.io/library/calico-node:v3.24.1": unexpected status: 429 Too Many Requests';
  const { findings, muted } = diagnose(evidenceOf('calico-images', 'fail-wrong-repository', limit), problems);

  expect(findings.filter(({ status }) => status === 'fail').map(({ rule }) => rule)).toContain('dockerhub-rate-limit');
  expect(muted).toEqual([]);
});
