/**
 * One object of every kind that makes pods, each with an image of a retired registry, and of those that are not to be
 * changed.
 */
export const old = 'k8s.gcr.io/pause:3.2';
export const served = 'registry.k8s.io/pause:3.2';

type Made = Readonly<Record<string, unknown>>;

const namespace = 'shop';
const always = {
  containers: [
    { name: 'main', image: old, env: [{ name: 'KEPT', value: 'as it is' }] },
    { name: 'other', image: 'nginx:1' },
  ],
};
const once = { ...always, restartPolicy: 'Never' };
const template = (name: string, spec: Made): Made => ({ metadata: { labels: { app: name } }, spec });
const matching = (name: string): Made => ({ matchLabels: { app: name } });

function made(apiVersion: string, kind: string, spec: Made, metadata: Made = {}): Made {
  return { apiVersion, kind, metadata: { name: 'web', namespace, ...metadata }, spec };
}

function deployment(name: string, metadata: Made = {}): Made {
  return made(
    'apps/v1',
    'Deployment',
    { replicas: 0, selector: matching(name), template: template(name, always) },
    { name, ...metadata },
  );
}

function definition(group: string, plural: string, kind: string): Made {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind },
      versions: [
        { name: 'v1', served: true, storage: true, schema },
        { name: 'v1beta1', served: true, storage: false, schema },
      ],
    },
  };
}

export const everyKind = {
  definitions: [
    definition('argoproj.io', 'rollouts', 'Rollout'),
    definition('example.test', 'platforms', 'Platform'),
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-0' } },
  ],
  owners: [made('example.test/v1', 'Platform', { image: old }, { name: 'main' })],
  objects: (platform: string): readonly Made[] => [
    deployment('web'),
    deployment('chart', {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'chart', 'meta.helm.sh/release-namespace': namespace },
    }),
    deployment('owned', {
      ownerReferences: [
        { apiVersion: 'example.test/v1', kind: 'Platform', name: 'main', uid: platform, controller: true },
      ],
    }),
    made('apps/v1', 'StatefulSet', {
      replicas: 0,
      serviceName: 'web',
      selector: matching('sts'),
      template: template('sts', always),
    }),
    // On no node.
    made('apps/v1', 'DaemonSet', {
      selector: matching('ds'),
      template: template('ds', { ...always, nodeSelector: { none: 'such' } }),
    }),
    made('apps/v1', 'ReplicaSet', { replicas: 0, selector: matching('rs'), template: template('rs', always) }),
    made('v1', 'ReplicationController', { replicas: 0, selector: { app: 'rc' }, template: template('rc', always) }),
    made('batch/v1', 'CronJob', {
      schedule: '0 3 * * *',
      suspend: true,
      jobTemplate: { spec: { template: template('cron', once) } },
    }),
    made('batch/v1', 'Job', { suspend: true, template: template('once', once) }, { name: 'once' }),
    { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'web', namespace }, template: template('pods', always) },
    made('argoproj.io/v1', 'Rollout', {
      replicas: 0,
      selector: matching('rollout'),
      template: template('rollout', always),
    }),
  ],
} as const;
