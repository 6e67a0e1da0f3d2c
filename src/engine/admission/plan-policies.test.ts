import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { planPolicies } from './plan-policies.ts';

/** A server that knows the group's resources that it is given, and has none of its objects. */
function serverWith(resources: readonly string[] | undefined): KubernetesApi {
  const get = (path: string, project: (raw: JsonObject) => unknown): Promise<unknown> => {
    if (path === '/apis/admissionregistration.k8s.io/v1' && resources)
      return Promise.resolve(project({ resources: resources.map((name) => ({ name })) }));
    if (path === '/api/v1/namespaces/kube-system') return Promise.resolve(project({ metadata: { uid: 'u-1' } }));
    return Promise.reject(new NodemendError('API_NOT_FOUND', { path }));
  };
  return { get, context: 'prod', server: 'https://prod' } as unknown as KubernetesApi;
}

const both = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'validatingwebhookconfigurations'];
const request = { deny: false, exceptNamespaces: [], remove: false, signal: new AbortController().signal };

test('a plan for the cluster alone, each policy before its binding', async () => {
  const plan = await planPolicies(serverWith(both), request);

  expect(plan).toMatchObject({
    target: { kind: 'cluster', uid: 'u-1' },
    nodes: [],
    actions: [],
    problems: ['admission-policy'],
  });
  expect(plan.clusterActions?.map(({ object }) => object.kind)).toEqual(
    Array.from({ length: 4 }, () => ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']).flat(),
  );
  expect(plan.clusterActions?.flatMap(({ disrupts }) => disrupts ?? [])).toEqual([]);
  expect(
    (await planPolicies(serverWith(both), { ...request, deny: true })).clusterActions?.every(
      ({ disrupts }) => disrupts === 'deny',
    ),
  ).toBe(true);
});

test('where nothing is in force there is nothing to remove', async () => {
  expect((await planPolicies(serverWith(both), { ...request, remove: true })).clusterActions).toBeUndefined();
});

test.each([['validatingwebhookconfigurations'], undefined])('a server before 1.30: %j', async (resources) => {
  await expect(
    planPolicies(serverWith(resources === undefined ? undefined : [resources].flat()), request),
  ).rejects.toMatchObject({ code: 'ADMISSION_POLICY_UNSUPPORTED', exitCode: 8 });
});
