import fc from 'fast-check';
import {
  evidenceSchema,
  type ApiNode,
  type Evidence,
  type NodeAccess,
  type NodeEvidence,
  type Section,
  type Seen,
} from '../evidence.ts';

/** Any evidence at all, as far as its type allows: also what no cluster would have. */
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);

function seen<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Seen<T>> {
  return fc.oneof(
    value.map((one): Seen<T> => ({ state: 'seen', value: one })),
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
    fc.constant<Seen<T>>({ state: 'not-looked-at', enable: '--via ssh' }),
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
    api: seen(apiNode),
    access: seen(nodeAccess),
    sections: fc.dictionary(
      fc.tuple(name, name).map((parts) => parts.join('/')),
      seen(section),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: ['name', 'address', 'api', 'access', 'sections'] },
);

export const arbitraryEvidence: fc.Arbitrary<Evidence> = fc.record({
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
  cluster: seen(fc.record({ uid: seen(text), context: text, server: text, version: seen(text) })),
  nodes: fc.array(node, { minLength: 1, maxLength: 4 }),
});
