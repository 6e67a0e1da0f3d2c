import fc from 'fast-check';
import type { NamespacePullSecrets } from '../pull-secrets/pull-secret.ts';
import type { NodeImages } from '../rate-limit/node-images.ts';
import type { PodTemplate } from '../rate-limit/pod-template.ts';
import type { RateLimitEvidence, ObservedQuota } from '../rate-limit/rate-limit.ts';
import type { Rollout } from '../rate-limit/rollout.ts';
import type { ObservedPulls } from '../rate-limit/observed-pulls.ts';
import {
  evidenceSchema,
  type ApiNode,
  type Evidence,
  type NodeAccess,
  type NodeEvidence,
  type Section,
  type Observed,
} from '../evidence.ts';

/** Any evidence at all, as far as its type allows: also what no cluster would have. */
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);

function observed<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Observed<T>> {
  return fc.oneof(
    value.map((one): Observed<T> => ({ state: 'seen', value: one })),
    fc.record(
      {
        state: fc.constant('unknown' as const),
        reason: fc.constantFrom('unreachable', 'forbidden', 'interrupted', 'node-not-ready'),
        detail: text,
        error: fc.record({
          code: fc.constant('SSH_REFUSED'),
          params: fc.dictionary(name, fc.oneof(text, fc.integer())),
        }),
      },
      { requiredKeys: ['state', 'reason', 'detail'] },
    ),
    fc.constant<Observed<T>>({ state: 'not-looked-at', enable: '--via ssh' }),
  );
}

const section: fc.Arbitrary<Section> = fc.oneof(
  fc.record({
    exitCode: fc.nat(255),
    encoding: fc.constant('utf8' as const),
    output: text,
    errors: text,
    truncated: fc.boolean(),
  }),
  fc.record({
    exitCode: fc.nat(255),
    encoding: fc.constant('base64' as const),
    output: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    errors: text,
    truncated: fc.boolean(),
  }),
);

const apiNode: fc.Arbitrary<ApiNode> = fc.record(
  {
    uid: text,
    createdAt: text,
    labels: fc.dictionary(name, text),
    taints: fc.array(fc.record({ key: text, value: text, effect: text }, { requiredKeys: ['key', 'effect'] }), {
      maxLength: 2,
    }),
    unschedulable: fc.boolean(),
    conditions: fc.array(
      fc.record({ type: text, status: fc.constantFrom('True', 'False', 'Unknown'), reason: text, since: text }),
      { maxLength: 2 },
    ),
    internalIP: text,
    hostname: text,
    osImage: text,
    kernelVersion: text,
    containerRuntimeVersion: text,
    kubeletVersion: text,
    bootID: text,
    machineID: text,
  },
  {
    requiredKeys: [
      'uid',
      'createdAt',
      'labels',
      'taints',
      'unschedulable',
      'conditions',
      'osImage',
      'kernelVersion',
      'containerRuntimeVersion',
      'kubeletVersion',
      'bootID',
      'machineID',
    ],
  },
);

const nodeAccess: fc.Arbitrary<NodeAccess> = fc.record(
  {
    transport: fc.constantFrom('ssh', 'system-ssh', 'pod', 'local'),
    user: text,
    privilege: fc.constantFrom('root', 'sudo', 'unprivileged'),
    sudo: fc.constantFrom('absent', 'password-needed', 'not-allowed', 'tty-needed', 'failed'),
    hostKey: text,
    hostname: text,
    machineId: text,
    bootId: text,
    clockSkewMs: fc.integer(),
    tookMs: fc.nat(),
  },
  { requiredKeys: ['transport', 'user', 'privilege', 'hostname', 'machineId', 'bootId', 'clockSkewMs', 'tookMs'] },
);

const node: fc.Arbitrary<NodeEvidence> = fc.record(
  {
    name,
    group: name,
    address: text,
    api: observed(apiNode),
    access: observed(nodeAccess),
    sections: fc.dictionary(
      fc.tuple(name, name).map((parts) => parts.join('/')),
      observed(section),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: ['name', 'address', 'api', 'access', 'sections'] },
);

const secretName = fc.record({ namespace: name, secret: name });
const storedError = fc.record({
  code: fc.constantFrom('REGISTRY_LOGIN_REFUSED', 'NODE_WITHOUT_HTTP', 'OF_A_LATER_RELEASE', 'toString'),
  params: fc.dictionary(name, fc.oneof(text, fc.integer())),
});
const rate = fc.record(
  { limit: fc.integer(), remaining: fc.integer(), windowSeconds: fc.nat(), source: fc.oneof(fc.ipV4(), text) },
  { requiredKeys: [] },
);
const reference = fc.constantFrom('docker.io/library/nginx:1', 'docker.io/team/app@sha256:0', 'no image');

const quota: fc.Arbitrary<ObservedQuota> = fc.record(
  {
    node: name,
    secrets: fc.array(secretName, { maxLength: 2 }),
    account: fc.nat(3),
    answer: fc.oneof(
      fc.record({ state: fc.constant('counted' as const), rate }),
      fc.constant({ state: 'refused' as const }),
      fc.record({ state: fc.constant('denied' as const), error: storedError }),
      fc.record({
        state: fc.constant('unknown' as const),
        reason: fc.constant('unreachable' as const),
        detail: text,
        error: storedError,
      }),
    ),
  },
  { requiredKeys: ['answer'] },
);

const observedPulls: fc.Arbitrary<ObservedPulls> = fc.record(
  {
    pulls: fc.array(fc.record({ namespace: name, pod: name, node: name, image: reference, times: fc.integer() })),
    since: fc.integer(),
    until: fc.integer(),
  },
  { requiredKeys: ['pulls', 'until'] },
);

const nodeImages: fc.Arbitrary<NodeImages> = fc.record({
  name,
  labels: fc.dictionary(name, text),
  taints: fc.array(fc.record({ key: text, value: text, effect: text }), { maxLength: 2 }),
  unschedulable: fc.boolean(),
  images: fc.array(reference, { maxLength: 3 }),
  isPartial: fc.boolean(),
  checksArePulls: fc.boolean(),
});

const podTemplate: fc.Arbitrary<PodTemplate> = fc.record({
  images: fc.array(
    fc.record({ image: reference, policy: fc.constantFrom<'Always' | 'IfNotPresent'>('Always', 'IfNotPresent') }),
    { maxLength: 3 },
  ),
  replicas: fc.integer(),
  nodeSelector: fc.dictionary(name, text),
  tolerations: fc.array(fc.record({ key: text, operator: text, value: text, effect: text }), { maxLength: 2 }),
  serviceAccount: name,
  pullSecrets: fc.array(name, { maxLength: 2 }),
});

const arbitraryRateLimit: fc.Arbitrary<RateLimitEvidence> = fc.record(
  {
    image: reference,
    quotas: fc.array(quota, { maxLength: 4 }),
    pulls: observed(observedPulls),
    rollouts: fc.record({
      namespace: name,
      nodes: observed(fc.array(nodeImages, { maxLength: 3 })),
      asked: fc.array(
        fc.record({
          rollout: fc.record(
            { kind: fc.constantFrom<Rollout['kind']>('deployment', 'daemonset'), name, replicas: fc.nat() },
            { requiredKeys: ['kind', 'name'] },
          ),
          template: observed(podTemplate),
        }),
        { maxLength: 2 },
      ),
    }),
  },
  { requiredKeys: ['image', 'quotas'] },
);

const clusterEvidence = { uid: observed(text), context: text, server: text, version: observed(text) };
const attached = observed(
  fc.array(fc.record({ name, pullSecrets: fc.array(name, { maxLength: 2 }) }), { maxLength: 2 }),
);
const pullSecrets: fc.Arbitrary<NamespacePullSecrets> = fc.record(
  {
    namespace: name,
    serviceAccounts: attached,
    pods: attached,
    secrets: fc.array(
      fc.record({
        name,
        secret: observed(
          fc.oneof(
            fc.constant('absent' as const),
            fc.record({
              type: text,
              logins: fc.array(
                fc.record({
                  key: fc.constantFrom('docker.io', 'https://index.docker.io/v1/', '[', ''),
                  holds: fc.constant('password' as const),
                }),
                { maxLength: 2 },
              ),
            }),
          ),
        ),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['namespace', 'serviceAccounts', 'secrets'] },
);

export const arbitraryEvidence: fc.Arbitrary<Evidence> = fc.record(
  {
    schema: fc.constant(evidenceSchema),
    collectedAt: fc
      .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2999-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    collector: fc.record({ version: text }),
    scope: fc.record({
      via: fc.constantFrom('none', 'ssh', 'system-ssh', 'pod', 'local'),
      targets: fc.constantFrom('cluster', 'hosts'),
      problems: fc.array(name, { maxLength: 3 }),
    }),
    cluster: observed(
      fc.record(
        { ...clusterEvidence, pullSecrets: observed(fc.array(pullSecrets, { maxLength: 2 })) },
        { requiredKeys: ['uid', 'context', 'server', 'version'] },
      ),
    ),
    nodes: fc.array(node, { minLength: 1, maxLength: 4 }),
    rateLimit: arbitraryRateLimit,
  },
  { requiredKeys: ['schema', 'collectedAt', 'collector', 'scope', 'cluster', 'nodes'] },
);
