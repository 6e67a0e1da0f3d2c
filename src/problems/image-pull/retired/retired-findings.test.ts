import { describe, expect, test } from 'vitest';
import type { Finding } from '../../problem.ts';
import {
  byKubectl,
  evidenceOf,
  podFacts,
  workloadFacts,
  type Kind,
  type Made,
  type MadePods,
} from '../testing/workloads.ts';
import { withImages } from '../testing/node-images.ts';
import { retiredFindings } from './retired-findings.ts';

const old = 'k8s.gcr.io/pause:3.2';
const other = 'registry.k8s.io/pause:3.2';

function found(
  made: readonly Made[],
  pods: readonly MadePods[] = [],
  unlisted: readonly Kind[] = [],
): readonly Finding[] {
  return retiredFindings(evidenceOf(workloadFacts(made, unlisted), podFacts(pods)));
}

/** Troubles in one line each: status, key of the text, subject, who has to be asked. */
function said(...args: Parameters<typeof found>): readonly string[] {
  return found(...args).flatMap(({ status, text, subject }) =>
    status === 'fail' || status === 'warn'
      ? [
          `${status} ${text.key.replace('findings.', '')} ${'name' in subject ? subject.name : ''} ${text.params['by'] ?? ''}`.trim(),
        ]
      : [],
  );
}

describe('what has to be changed is found, once', () => {
  test.each([
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
    'ReplicationController',
    'CronJob',
    'PodTemplate',
    'Rollout',
  ] as const)('%s that stands alone', (kind) => {
    expect(said([{ kind, images: [old, other] }])).toEqual([`warn retired-reference.patch ${kind}/web`]);
  });

  test('a Deployment, not the ReplicaSet that it made, and not its pods', () => {
    const made: readonly Made[] = [
      { kind: 'Deployment', images: [old] },
      { kind: 'ReplicaSet', name: 'web-1', owner: 'Deployment/web', images: [old] },
    ];
    const [finding] = found(made, [
      { owner: 'ReplicaSet/web-1', image: old, pods: 3, waiting: 2, pullSecrets: ['regcred'] },
    ]);

    expect(said(made, [{ owner: 'ReplicaSet/web-1', image: old, pods: 3, waiting: 2 }])).toEqual([
      'fail retired-reference.patch-failing Deployment/web',
    ]);
    expect(finding).toMatchObject({
      subject: { kind: 'workload', namespace: 'shop', name: 'Deployment/web' },
      severity: 'high',
      remedy: true,
      facts: {
        using: 3,
        waiting: 2,
        pullSecrets: ['regcred'],
        references: [{ image: old, becomes: other, container: 'c0', at: '/spec/template/spec/containers/0/image' }],
      },
    });
  });

  test('a CronJob, not the Jobs that it made', () => {
    expect(
      said([
        { kind: 'CronJob', images: [old] },
        { kind: 'Job', name: 'web-1', owner: 'CronJob/web', images: [old] },
      ]),
    ).toEqual(['warn retired-reference.patch CronJob/web']);
  });

  test('through owners to the object on top that names it', () => {
    const chain: readonly Made[] = [
      { kind: 'Rollout', images: [old] },
      { kind: 'ReplicaSet', name: 'web-1', owner: 'Rollout/web', images: [old] },
    ];
    expect(said(chain, [{ owner: 'ReplicaSet/web-1', image: old }])).toEqual([
      'warn retired-reference.patch Rollout/web',
    ]);
    expect(
      said([
        ...chain,
        { kind: 'Platform', name: 'shop', images: [old] },
        { ...chain[0]!, owner: 'Platform/shop', name: 'b', images: [old] },
      ]),
    ).toContain('warn retired-reference.patch Platform/shop');
  });

  test('an owner that names it nowhere is told, known or not, and so is what is above it', () => {
    expect(said([{ kind: 'Deployment', owner: 'Database/main', images: [old] }])).toEqual([
      'warn retired-reference.owner Deployment/web Database/main',
    ]);
    expect(
      said([
        { kind: 'Deployment', owner: 'Platform/main', images: [old] },
        { kind: 'Platform', name: 'main', owner: 'Region/kr' },
      ]),
    ).toEqual(['warn retired-reference.owner Deployment/web Region/kr']);
    expect(
      said([
        { kind: 'Deployment', owner: 'Platform/main', images: [old] },
        { kind: 'Platform', name: 'main', fields: [old] },
      ]),
    ).toEqual([
      'warn retired-reference.owner Deployment/web Platform/main',
      'warn retired-reference-unclear.field Platform/main',
    ]);
  });

  test('an owner whose kind could not be listed is unseen, not absent', () => {
    expect(
      said([{ kind: 'ReplicaSet', name: 'web-1', owner: 'Deployment/web', images: [old] }], [], ['Deployment']),
    ).toEqual(['warn retired-reference.owner-unseen ReplicaSet/web-1 Deployment/web']);
    expect(said([], [{ owner: 'ReplicaSet/web-1', image: old }], ['ReplicaSet'])).toEqual([
      'warn retired-reference.owner-unseen ReplicaSet/web-1 ReplicaSet/web-1',
    ]);
  });

  test('owners in a circle end', () => {
    expect(
      said([
        { kind: 'Rollout', name: 'a', owner: 'Rollout/b', images: [old] },
        { kind: 'Rollout', name: 'b', owner: 'Rollout/a' },
      ]),
    ).toEqual(['warn retired-reference.owner Rollout/a Rollout/a']);
  });
});

describe('what nodemend does not change', () => {
  test.each([
    [
      'helm',
      {
        'app.kubernetes.io/managed-by': 'Helm',
        'meta.helm.sh/release-name': 'shop',
        'meta.helm.sh/release-namespace': 'prod',
      },
      'prod/shop',
    ],
    ['helm', { 'app.kubernetes.io/managed-by': 'Helm' }, 'Helm'],
    [
      'argo-cd',
      { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web', 'app.kubernetes.io/managed-by': 'Helm' },
      'shop',
    ],
    ['argo-cd', { 'argocd.argoproj.io/instance': 'shop' }, 'shop'],
    [
      'flux',
      { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
      'flux-system/apps',
    ],
    ['flux', { 'helm.toolkit.fluxcd.io/name': 'shop', 'meta.helm.sh/release-name': 'shop' }, 'shop'],
    ['kustomize', { 'app.kubernetes.io/managed-by': 'kustomize-v5.4.1' }, 'kustomize-v5.4.1'],
    [
      'kustomize',
      { 'config.kubernetes.io/origin': 'path: web.yaml\nrepo: https://git.example.test/shop\n' },
      'path: web.yaml repo: https://git.example.test/shop',
    ],
    ['addon-manager', { 'addonmanager.kubernetes.io/mode': 'Reconcile' }, 'Reconcile'],
    ['olm', { 'olm.owner': 'prometheus.v1' }, 'prometheus.v1'],
    ['other', { 'app.kubernetes.io/managed-by': 'pulumi' }, 'pulumi'],
  ])('what %s keeps: %j', (tool, marks, by) => {
    expect(said([{ kind: 'Deployment', images: [old], marks }])).toEqual([
      `warn retired-reference.${tool} Deployment/web ${by}`,
    ]);
    expect(found([{ kind: 'Deployment', images: [old], marks }])[0]).toMatchObject({ remedy: false });
  });

  test('marks that say nothing of the kind', () => {
    expect(
      said([{ kind: 'Deployment', images: [old], marks: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' } }]),
    ).toEqual(['warn retired-reference.patch Deployment/web']);
  });

  test('a Job, whose template is fixed; one that is over pulls nothing', () => {
    expect(
      said([
        { kind: 'Job', images: [old] },
        { kind: 'Job', name: 'done', images: [old], finished: true },
      ]),
    ).toEqual(['warn retired-reference.job Job/web']);
  });

  test('pods that nothing makes, files on nodes, and what is the provider’s', () => {
    expect(
      said(
        [{ kind: 'DaemonSet', namespace: 'kube-system', images: [old] }],
        [
          { owner: 'Pod/bare', image: old },
          { owner: 'Pod/kube-apiserver-0', image: old, namespace: 'kube-system', static: true },
          { owner: 'Pod/x', image: old, namespace: 'kube-system' },
        ],
      ),
    ).toEqual([
      'warn retired-reference.provider DaemonSet/web',
      'warn retired-reference.pod Pod/bare',
      'warn retired-reference.static-pod Pod/kube-apiserver-0',
      'warn retired-reference.provider Pod/x',
    ]);
  });

  test('a successor that does not follow from the name', () => {
    expect(said([{ kind: 'DaemonSet', images: ['quay.io/coreos/flannel', old] }])).toEqual([
      'warn retired-reference.patch DaemonSet/web',
      'warn retired-reference-unclear.names-differ DaemonSet/web',
    ]);
    expect(
      said([{ kind: 'Deployment', images: ['harbor-kr1.cloud.toastoven.net/container_service/pause:3.2'] }]),
    ).toEqual(['warn retired-reference-unclear.cluster-registry Deployment/web']);
  });

  test('pods whose template does not name it: a webhook, an old revision, a debugger', () => {
    const made: readonly Made[] = [
      { kind: 'Deployment', images: [other] },
      { kind: 'ReplicaSet', name: 'web-1', owner: 'Deployment/web', images: [old] },
    ];
    expect(said(made, [{ owner: 'ReplicaSet/web-1', image: old, pods: 2 }])).toEqual([
      'warn retired-reference-in-pods Deployment/web',
    ]);
    expect(
      said(
        [{ kind: 'StatefulSet', images: [old] }],
        [{ owner: 'StatefulSet/web', image: 'gchr.io/a/b:1', role: 'ephemeral' }],
      ),
    ).toEqual(['warn retired-reference.patch StatefulSet/web', 'warn retired-reference-in-pods StatefulSet/web']);
  });
});

describe('Flannel, whose images have other names now', () => {
  const [image, plugins] = ['quay.io/coreos/flannel:v0.15.1', 'quay.io/coreos/flannel-cni:v0.3.0'];
  const flannel: Made = {
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'kube-flannel-ds-amd64',
    upkeep: byKubectl,
    init: [plugins, image],
    images: [image],
  };

  test.each([
    ['kube-system', 'kube-flannel-ds-amd64'],
    ['kube-system', 'kube-flannel'],
    ['kube-flannel', 'kube-flannel-ds'],
    ['kube-flannel', 'kube-flannel-ds-amd64'],
  ])('in %s as %s it is one finding, with the images of init containers', (namespace, name) => {
    const made = [{ ...flannel, namespace, name }];
    expect(said(made)).toEqual([`warn retired-reference.renamed DaemonSet/${name}`]);
    expect(found(made)[0]).toMatchObject({
      remedy: true,
      facts: {
        references: [
          { image: plugins, becomes: 'ghcr.io/flannel-io/flannel-cni:v0.3.0', container: 'i0' },
          { image, becomes: 'ghcr.io/flannel-io/flannel:v0.15.1', container: 'i1' },
          { image, container: 'c0' },
        ],
      },
    });
  });

  test('nodes are told by whether they still have all of it, before they lose it', () => {
    const evidence = withImages(evidenceOf(workloadFacts([flannel])), {
      'worker-0': [plugins, image],
      'worker-1': [image, 'quay.io/coreos/flannel-cni:v0.2.0'],
      'worker-2': 'timed-out',
    });
    expect(retiredFindings(evidence)[0]).toMatchObject({
      status: 'warn',
      facts: { heldBy: ['worker-0'], lackedBy: ['worker-1'], heldUnknown: ['worker-2'] },
    });
    // Nobody asked the nodes: nothing is said of them.
    expect(found([flannel])[0]).not.toHaveProperty('facts.heldUnknown');
  });

  test.each<[string, Partial<Made>]>([
    ['another object of the provider', { name: 'kube-proxy' }],
    ['another kind of that name', { kind: 'Deployment' }],
    ['one with another retired image', { images: [image, old] }],
  ])('left to the provider in kube-system: %s', (_what, change) => {
    const [finding] = found([{ ...flannel, ...change }]);
    expect(finding).toMatchObject({ text: { key: 'findings.retired-reference.provider' }, remedy: false });
  });

  test('left to the tool that keeps it', () => {
    expect(said([{ ...flannel, marks: { 'meta.helm.sh/release-name': 'flannel' } }])).toEqual([
      'warn retired-reference.helm DaemonSet/kube-flannel-ds-amd64 flannel',
    ]);
  });

  test.each<[string, typeof byKubectl, string]>([
    [
      'which applies it without a mark',
      { writers: [...byKubectl.writers, { manager: 'nks-addon', operation: 'Apply' }], marks: [] },
      'nks-addon (Apply)',
    ],
    [
      'that nobody knows, by its mark',
      { ...byKubectl, marks: ['addon.nks.example/version'] },
      'addon.nks.example/version',
    ],
    ['who took away who writes it', { writers: [], marks: [] }, 'metadata.managedFields: none'],
  ])('and to one %s', (_what, upkeep, by) => {
    for (const namespace of ['kube-system', 'kube-flannel']) {
      const made: readonly Made[] = [{ ...flannel, namespace, upkeep }];
      expect(said(made)).toEqual([`warn retired-reference.other DaemonSet/kube-flannel-ds-amd64 ${by}`]);
      expect(found(made)[0]).toMatchObject({ remedy: false });
    }
  });

  test('and where evidence of an earlier nodemend does not tell who writes it', () => {
    const { upkeep: _, ...untold } = flannel;
    expect(said([untold])).toEqual([
      'warn retired-reference.other DaemonSet/kube-flannel-ds-amd64 metadata.managedFields: unknown',
    ]);
  });
});

describe('what was not seen is not a pass', () => {
  const states = (...args: Parameters<typeof found>): readonly string[] =>
    found(...args).map(({ status, rule, text }) =>
      `${status} ${rule} ${text.params['resources'] ?? text.params['count'] ?? ''}`.trim(),
    );

  test('all of it seen, and nothing retired', () => {
    expect(
      states([
        { kind: 'Deployment', images: [other] },
        { kind: 'Rollout', images: [other] },
      ]),
    ).toEqual(['pass references-fine 2']);
  });

  test('custom resources that nobody asked for', () => {
    expect(states([{ kind: 'Deployment', images: [other] }])).toEqual([
      'not-looked-at custom-resources-unknown',
      'pass references-fine 1',
    ]);
  });

  test('an object that was not searched to its end', () => {
    const [finding] = found([{ kind: 'Platform', truncated: true }]);

    expect(finding).toMatchObject({
      status: 'unknown',
      rule: 'workloads-too-deep',
      reason: 'truncated',
      text: { params: { objects: 'shop/Platform/web' } },
    });
  });

  test('kinds that may not be listed are named as the permission is', () => {
    expect(states([{ kind: 'Rollout', images: [other] }], [], ['Job', 'PodTemplate', 'Platform'])).toEqual([
      'unknown workloads-unknown podtemplates, jobs.batch',
      'unknown custom-resources-unknown platforms.example.test',
    ]);
  });
});

test('one of each is told once, whatever the pods', () => {
  const made: readonly Made[] = Array.from(
    { length: 20 },
    (_, index) =>
      ({ kind: 'Deployment', name: `web-${index}`, images: [old, 'docker.pkg.github.com/O/r/i:1'] }) as const,
  );
  const findings = found(
    made,
    made.flatMap(({ name }) => [{ owner: `Deployment/${name}`, image: old, pods: 50 }]),
  );

  expect(findings.filter(({ status }) => status === 'warn')).toHaveLength(20);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
});
