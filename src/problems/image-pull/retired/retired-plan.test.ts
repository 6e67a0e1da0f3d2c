import { describe, expect, test } from 'vitest';
import { clusterActionKind, clusterActionSchema } from '../../../actions/cluster-action-kinds.ts';
import type { NamespacePullSecrets } from '../../../evidence/pull-secrets/pull-secret.ts';
import { retiredNames, type RetiredNames, type Successor } from '../../../registry/successor.ts';
import type { ProblemPlan } from '../../problem.ts';
import { byKubectl, evidenceOf, podFacts, workloadFacts, type Made, type MadePods } from '../testing/workloads.ts';
import { retiredFindings } from './retired-findings.ts';
import { planRetired, verifies } from './retired-plan.ts';
import type { KnownSuccessors } from './written-successor.ts';

const old = 'k8s.gcr.io/pause:3.2';
const neu = 'registry.k8s.io/pause:3.2';
const digest = `docker.pkg.github.com/O/r/i@sha256:${'a'.repeat(64)}`;

interface Asked {
  readonly verified?: Readonly<Record<string, Successor>>;
  readonly unverified?: KnownSuccessors['unverified'];
  readonly remedies?: readonly string[];
  readonly pods?: readonly MadePods[];
  /** Keys of the logins in the Secret `regcred` of the namespace. */
  readonly logins?: readonly string[];
  readonly names?: RetiredNames;
}

function planOf(
  made: readonly Made[],
  { verified = {}, unverified = 'refuse', remedies = ['rewrite-references'], pods = [], logins, names }: Asked = {},
): ProblemPlan {
  const evidence = evidenceOf(
    workloadFacts(made),
    podFacts(pods),
    logins && { pullSecrets: { state: 'seen', value: [secretsWith(logins)] } },
  );
  return planRetired({
    evidence,
    findings: retiredFindings(evidence, names),
    remedies: new Set(remedies),
    inputs: { 'rewrite-references': { verify: true, unverified } },
    verified: new Map(Object.entries(verified)),
    ...(names && { names }),
  });
}

function secretsWith(keys: readonly string[]): NamespacePullSecrets {
  const secret = {
    type: 'kubernetes.io/dockerconfigjson',
    logins: keys.map((key) => ({ key, holds: 'password' }) as const),
  };
  return {
    namespace: 'shop',
    serviceAccounts: { state: 'seen', value: [] },
    secrets: [{ name: 'regcred', secret: { state: 'seen', value: secret } }],
  };
}

const change = (reference: string): Successor => ({ action: 'change', reference });

test('a name of the user’s table is written like any other, with the line that it follows from', () => {
  const replacement = { from: 'docker.io/bitnami', to: 'docker.io/bitnamilegacy' };
  const names = retiredNames([replacement]);
  const [image, moved] = ['bitnami/redis:7.2', 'bitnamilegacy/redis:7.2'];
  const made = [{ kind: 'Deployment', images: [image, old], strategy: 'RollingUpdate' }] as const;
  const verified = { [image]: change(moved), [old]: change(neu) };

  const { clusterActions = [] } = planOf(made, { names, verified });
  expect(clusterActions).toMatchObject([
    {
      changes: [
        { path: '/spec/template/spec/containers/0/image', from: image, to: moved, replacement },
        { path: '/spec/template/spec/containers/1/image', from: old, to: neu },
      ],
    },
  ]);
  // A plan that is read again says the same; a record alone, without a plan, is nobody's word for the line.
  const action = clusterActionSchema.parse(clusterActions[0]);
  expect(action).toEqual(clusterActions[0]);
  expect(clusterActionKind(action.kind).isRecomputable(action, [action])).toBe(false);
  // Without the table it is an image like any other.
  expect(planOf(made, { verified }).clusterActions).toMatchObject([{ changes: [{ from: old }] }]);
});

test('what its registry has is written, at its place and nowhere else', () => {
  const { clusterActions, refused } = planOf(
    [{ kind: 'Deployment', images: [old, 'nginx:1'], strategy: 'RollingUpdate' }],
    { verified: { [old]: change(neu) }, pods: [{ owner: 'Deployment/web', image: old, pods: 3 }] },
  );

  expect(refused).toEqual([]);
  expect(clusterActions).toMatchObject([
    {
      kind: 'object-patch',
      id: 'object-patch:shop/Deployment/web',
      problem: 'image-pull',
      why: { key: 'why.rewrite-rolls', params: { pods: 3 } },
      disrupts: 'restart',
      object: {
        kind: 'Deployment',
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        namespace: 'shop',
        name: 'web',
      },
      uid: 'uid-Deployment-web',
      changes: [{ path: '/spec/template/spec/containers/0/image', from: old, to: neu }],
    },
  ]);
  for (const action of clusterActions ?? []) expect(clusterActionSchema.parse(action)).toEqual(action);
});

test('the name that its registry has is taken, not the one of the rule', () => {
  const written = 'docker.pkg.github.com/Owner/repo/image:1';
  const { clusterActions } = planOf([{ kind: 'CronJob', images: [written] }], {
    verified: { [written]: change('ghcr.io/owner/image:1') },
  });

  expect(clusterActions).toMatchObject([
    { changes: [{ path: '/spec/jobTemplate/spec/template/spec/containers/0/image', to: 'ghcr.io/owner/image:1' }] },
  ]);
});

describe('pods are replaced, and that is said, where a new template replaces them', () => {
  test.each([
    [{ kind: 'Deployment' }, true],
    [{ kind: 'Deployment', paused: true }, false],
    [{ kind: 'StatefulSet', strategy: 'RollingUpdate' }, true],
    [{ kind: 'DaemonSet', strategy: 'OnDelete' }, false],
    [{ kind: 'Rollout' }, true],
    [{ kind: 'ReplicaSet' }, false],
    [{ kind: 'ReplicationController' }, false],
    [{ kind: 'CronJob' }, false],
    [{ kind: 'PodTemplate' }, false],
  ] as const)('%j: %s', (made, rolls) => {
    const [action] = planOf([{ ...made, images: [old] }], { unverified: 'allow' }).clusterActions ?? [];

    expect(action?.disrupts).toBe(rolls ? 'restart' : undefined);
  });
});

describe('refused, each with its reason', () => {
  const why = (...args: Parameters<typeof planOf>): readonly string[] =>
    planOf(...args).refused.map(({ key, optional }) => `${key.replace('refused.', '')}${optional ? ' optional' : ''}`);
  const deployment: Made = { kind: 'Deployment', images: [old] };

  test('nobody asked: a warning may wait, a failing pull may not', () => {
    expect(why([deployment], { remedies: [] })).toEqual(['rewrite-not-asked optional']);
    expect(why([deployment], { remedies: [], pods: [{ owner: 'Deployment/web', image: old, waiting: 1 }] })).toEqual([
      'rewrite-not-asked',
    ]);
  });

  test('a name that no registry was asked for, unless the user says so', () => {
    expect(why([deployment])).toEqual(['rewrite-unverified']);
    expect(planOf([deployment], { unverified: 'allow' })).toMatchObject({
      refused: [],
      clusterActions: [{ why: { key: 'why.rewrite-unverified-rolls' }, changes: [{ to: neu }] }],
    });
  });

  test('a name that does not exist, whatever the user allows; one about which its registry said nothing, unless they do', () => {
    expect(
      why([deployment], {
        verified: { [old]: { action: 'report', reason: 'not-there', reference: neu } },
        unverified: 'allow',
      }),
    ).toEqual(['rewrite-not-there']);
    expect(
      why([deployment], { verified: { [old]: { action: 'report', reason: 'not-verified', reference: neu } } }),
    ).toEqual(['rewrite-not-verified']);
    expect(
      why([deployment], {
        verified: { [old]: { action: 'report', reason: 'not-verified', reference: neu } },
        unverified: 'allow',
      }),
    ).toEqual([]);
  });

  test('a digest that nobody asked for', () => {
    expect(why([{ kind: 'Deployment', images: [digest] }], { unverified: 'allow' })).toEqual(['rewrite-digest']);
  });

  test('a login for the old registry alone, unless the image needs none', () => {
    const written = 'docker.pkg.github.com/o/r/i:1';
    const made: Made = { kind: 'Deployment', images: [written], pullSecrets: ['regcred'] };
    const asked = { unverified: 'allow', logins: ['docker.pkg.github.com'] } as const;

    expect(planOf([made], asked).clusterActions).toBeUndefined();
    expect(planOf([made], asked)).toMatchObject({
      refused: [
        {
          key: 'refused.rewrite-needs-login',
          params: {
            secret: 'regcred',
            registry: 'ghcr.io',
            command: 'nodemend pull-secret --registry ghcr.io --name regcred --namespace shop --username USER',
          },
        },
      ],
    });
    expect(why([made], { ...asked, logins: ['docker.pkg.github.com', 'ghcr.io'] })).toEqual([]);
    expect(why([made], { ...asked, verified: { [written]: change('ghcr.io/o/r/i:1') } })).toEqual([]);
    expect(why([{ ...made, pullSecrets: ['another'] }], asked)).toEqual([]);
  });

  test('an object is changed whole or not at all', () => {
    const made: Made = { kind: 'Deployment', images: [old, 'k8s.gcr.io/gone:1'] };
    const verified = {
      [old]: change(neu),
      'k8s.gcr.io/gone:1': { action: 'report', reason: 'not-there', reference: 'registry.k8s.io/gone:1' },
    } as const;

    expect(planOf([made], { verified }).clusterActions).toBeUndefined();
    expect(planOf([made], { verified })).toMatchObject({
      refused: [
        { key: 'refused.rewrite-not-there', params: { old: 'k8s.gcr.io/gone:1', new: 'registry.k8s.io/gone:1' } },
      ],
    });
  });
});

describe('Flannel is written under the names that ghcr.io has, and under no other', () => {
  const image = 'quay.io/coreos/flannel:v0.15.1-amd64';
  const plugins = 'quay.io/coreos/flannel-cni:v0.3.0';
  const flannel: Made = {
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'kube-flannel-ds-amd64',
    upkeep: byKubectl,
    init: [plugins],
    images: [image],
    strategy: 'RollingUpdate',
  };
  const verified = {
    [image]: change('ghcr.io/flannel-io/flannel:v0.15.1'),
    [plugins]: change('ghcr.io/flannel-io/flannel-cni:v0.3.0'),
  };
  const whys = (asked: Asked): readonly string[] => planOf([flannel], asked).refused.map(({ key }) => key);

  test('both its images at once, in kube-system too, as the schema of a plan takes it', () => {
    const { clusterActions = [], refused } = planOf([flannel], { verified });
    expect(refused).toEqual([]);
    expect(clusterActions).toMatchObject([
      {
        disrupts: 'restart',
        object: { namespace: 'kube-system', name: 'kube-flannel-ds-amd64' },
        changes: [
          { path: '/spec/template/spec/initContainers/0/image', from: plugins },
          { path: '/spec/template/spec/containers/0/image', to: 'ghcr.io/flannel-io/flannel:v0.15.1' },
        ],
      },
    ]);
    expect(clusterActionSchema.parse(clusterActions[0])).toEqual(clusterActions[0]);
  });

  test('with OnDelete it still says that pods start again, as the schema demands of the network', () => {
    const { clusterActions = [] } = planOf([{ ...flannel, strategy: 'OnDelete' }], { verified });
    expect(clusterActions).toMatchObject([{ disrupts: 'restart', why: { key: 'why.rewrite' } }]);
    expect(clusterActionSchema.parse(clusterActions[0])).toEqual(clusterActions[0]);
  });

  test('not one that nobody asked for, whatever is allowed; nor one that is not there, or not seen', () => {
    const answered = (reason: 'not-there' | 'not-verified'): Readonly<Record<string, Successor>> => ({
      ...verified,
      [plugins]: { action: 'report', reason, reference: 'ghcr.io/flannel-io/flannel-cni:v0.3.0' },
    });
    expect(whys({ unverified: 'allow' })).toEqual(['refused.rewrite-renamed-unasked']);
    expect(whys({ unverified: 'allow', verified: answered('not-there') })).toEqual([
      'refused.rewrite-renamed-not-there',
    ]);
    expect(whys({ unverified: 'allow', verified: answered('not-verified') })).toEqual([
      'refused.rewrite-renamed-not-verified',
    ]);
  });
});

test('a registry is asked for what would be written, and for nothing else', () => {
  const marks = { 'meta.helm.sh/release-name': 'shop' };
  const made: readonly Made[] = [
    { kind: 'Deployment', images: [old, 'nginx:1', digest] },
    { kind: 'CronJob', images: [old], fields: ['k8s.gcr.io/field:1'] },
    { kind: 'StatefulSet', images: ['k8s.gcr.io/kept:1'], marks },
    { kind: 'Job', images: ['k8s.gcr.io/job:1'] },
  ];
  const evidence = evidenceOf(workloadFacts(made));

  const asked = (verify: boolean): readonly string[] =>
    verifies({
      evidence,
      findings: retiredFindings(evidence),
      inputs: { 'rewrite-references': { verify, unverified: 'refuse' } },
    }).map(({ written }) => written);
  expect(asked(true)).toEqual([digest, old]);
  expect(asked(false)).toEqual([]);
});

test('what another keeps is never planned for', () => {
  const marks = { 'meta.helm.sh/release-name': 'shop' };
  expect(
    planOf(
      [
        { kind: 'Deployment', images: [old], marks },
        { kind: 'Job', name: 'once', images: [old] },
        { kind: 'StatefulSet', owner: 'Database/main', images: [old] },
      ],
      { unverified: 'allow' },
    ),
  ).toEqual({ actions: [], refused: [] });
});
