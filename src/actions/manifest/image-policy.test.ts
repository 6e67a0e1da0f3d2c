import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { imagePolicies, isImagePolicy } from './image-policy.ts';

const all = (deny: boolean, exceptNamespaces: readonly string[]): readonly JsonObject[] =>
  imagePolicies({ deny, exceptNamespaces }) as readonly JsonObject[];

/** What a text becomes when one place of it is another. */
function edited(object: JsonObject, path: readonly (string | number)[], value: unknown): JsonObject {
  const copy = structuredClone(object) as Record<string | number, unknown>;
  const holder = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((at, key) => at[key] as Record<string | number, unknown>, copy);
  holder[path.at(-1) ?? ''] = value;
  return copy as JsonObject;
}

describe('an object that nodemend makes', () => {
  test.each([
    [false, []],
    [true, ['legacy', 'team']],
  ] as const)('deny %s, except %j', (deny, except) => {
    for (const object of all(deny, except)) {
      expect(isImagePolicy(object)).toBe(true);
      expect(isImagePolicy(edited(object, ['metadata', 'annotations'], { 'nodemend.dev/run': 'r' }))).toBe(true);
    }
  });

  const [policy, binding] = all(true, ['legacy']) as readonly [JsonObject, JsonObject];

  test.each<readonly [string, JsonObject]>([
    ['a policy that stops the cluster', edited(policy, ['spec', 'failurePolicy'], 'Fail')],
    ['for other objects', edited(policy, ['spec', 'matchConstraints', 'resourceRules', 0, 'apiGroups'], ['*'])],
    ['with another rule', edited(policy, ['spec', 'validations', 0, 'expression'], 'false')],
    ['with parameters of somebody', edited(policy, ['spec', 'paramKind'], { apiVersion: 'v1', kind: 'Secret' })],
    ['under another name', edited(policy, ['metadata', 'name'], 'nodemend-retired-images-other')],
    ['with an owner', edited(policy, ['metadata', 'ownerReferences'], [{ kind: 'Node' }])],
    ['with a note of somebody', edited(policy, ['metadata', 'annotations'], { theirs: 'yes' })],
    ['that is not ours', edited(policy, ['metadata', 'labels'], {})],
    ['a binding that says nothing', edited(binding, ['spec', 'validationActions'], ['Audit'])],
    ['of another policy', edited(binding, ['spec', 'policyName'], 'deny-everything')],
    ['with no namespace left out', edited(binding, ['spec', 'matchResources'], {})],
    [
      'with kube-system judged',
      edited(binding, ['spec', 'matchResources', 'namespaceSelector'], {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['kube-system'] }],
      }),
    ],
    ['no policy', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }],
    ['nothing', {}],
  ])('is not one %s', (_what, object) => {
    expect(isImagePolicy(object)).toBe(false);
  });

  test('kube-system is always left out', () => {
    const judged = edited(
      binding,
      ['spec', 'matchResources', 'namespaceSelector', 'matchExpressions', 0, 'values'],
      ['legacy'],
    );
    expect(isImagePolicy(judged)).toBe(false);
  });
});

describe("with names of the user's table", () => {
  const made = (moved: readonly string[]): readonly JsonObject[] =>
    imagePolicies({ deny: true, exceptNamespaces: [], moved }) as readonly JsonObject[];
  const [policy] = made(['docker.io/bitnami', 'harbor.example:5000']) as readonly [JsonObject];
  const variables = ['spec', 'variables', 0, 'expression'];

  test('it is one that nodemend makes, and without them it is as it was', () => {
    for (const object of made(['docker.io/bitnami', 'harbor.example:5000'])) expect(isImagePolicy(object)).toBe(true);
    expect(made([])).toEqual(imagePolicies({ deny: true, exceptNamespaces: [] }));
    expect(JSON.stringify(policy)).toContain(
      String.raw`\"index.docker.io/bitnami:\",\"index.docker.io/bitnami@\",\"bitnami/\"`,
    );
  });

  test.each([
    ['another name than it says', edited(policy, variables, '["docker.io/other"]')],
    ['a name that is none', edited(policy, variables, '["docker.io/bitnami","x\\" || true || \\""]')],
    ['a name without its registry', edited(policy, variables, '["bitnami"]')],
    ['an expression in place of names', edited(policy, variables, 'object.spec.containers')],
    [
      'more names than it may have',
      edited(policy, variables, JSON.stringify(Array.from({ length: 201 }, (_, at) => `x.example/${at}`))),
    ],
    ['names that nothing asks for', edited(policy, ['spec', 'variables'], [])],
  ])('it is none with %s', (_what, object) => {
    expect(isImagePolicy(object)).toBe(false);
  });
});
