import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Plan } from '../plan.ts';
import { approvalText, readApproval } from './read-approval.ts';
import { hostsIdentity, requireApproved, type StandingQuestion } from './require-approved.ts';
import { standingApprovalJsonSchema } from './standing-approval-schema.ts';
import { capOf, standingApprovalSchema, type StandingApproval } from './standing-approval.ts';

const hosts = Array.from({ length: 40 }, (_, index) => ({ name: `worker-${index}`, address: `10.0.0.${index}` }));
const hash = (letter: string): string => letter.repeat(64);

const approval: StandingApproval = {
  schema: standingApprovalSchema,
  approvedBy: 'kim@bastion',
  approvedAt: '2026-11-23T01:02:03.000Z',
  target: { kind: 'cluster', uid: 'uid-1', context: 'prod', server: 'https://prod' },
  problems: ['container-logs'],
  source: { path: '/etc/rules/docker', sha256: hash('a') },
  selection: { selector: 'pool=blue' },
  cap: { percent: 10 },
  remedies: ['docker-log-opts'],
  allow: ['restart'],
};

/** What a plan is held by; its actions only have what an approval looks at. */
function planOf(changing: number, more: Partial<Plan> = {}): Plan {
  const nodes = hosts.slice(0, changing).map(({ name }) => ({ name, machineId: 'm', bootId: 'b' }));
  return {
    schema: 'nodemend.dev/plan/v1',
    hash: hash('0'),
    madeAt: '',
    target: { kind: 'cluster', uid: 'uid-1', context: 'elsewhere named', server: 'https://10.96.0.1' },
    nodes,
    problems: ['container-logs'],
    actions: [],
    refused: [],
    ...more,
  };
}

const question: StandingQuestion = {
  plan: planOf(4),
  source: hash('a'),
  onNodes: undefined,
  usualPaths: ['/etc/docker/'],
  selection: { selector: 'pool=blue' },
  selected: hosts,
  unseen: [],
  allow: [],
  remedies: [],
};

function refusedFor(change: Partial<StandingQuestion>, of: StandingApproval = approval): unknown {
  try {
    requireApproved(of, { ...question, ...change });
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'APPROVAL_EXCEEDED', exitCode: 8 });
    return (error as { readonly params: { readonly context: string } }).params.context;
  }
}

test('a plan within it, on the same cluster by whatever name, is approved', () => {
  expect(refusedFor({})).toBeUndefined();
  expect(refusedFor({ allow: ['restart'], remedies: ['docker-log-opts'] })).toBeUndefined();
});

const restarting = [{ disrupts: 'reboot' }] as unknown as Plan['actions'];

const writing = (path: string): Plan['actions'] => [{ kind: 'file', path }] as unknown as Plan['actions'];

test('the files that may be written are those that were approved, or where the approved problems write', () => {
  const within = { plan: planOf(1, { actions: writing('/etc/docker/daemon.json') }) };
  const stray = { plan: planOf(1, { actions: writing('/etc/nologin') }) };
  // As 0.1.0 wrote it, before it named files.
  expect(approval).not.toHaveProperty('paths');
  expect(refusedFor(within)).toBeUndefined();
  expect(refusedFor(stray)).toBe('path');
  // What was approved is what counts, whatever the problem has come to write since.
  expect(refusedFor(within, { ...approval, paths: ['/etc/logrotate.d/docker'] })).toBe('path');
  expect(refusedFor(stray, { ...approval, paths: ['/etc/logrotate.d/docker'] })).toBe('path');
  expect(readApproval(approvalText({ ...approval, paths: ['/etc/docker/'] }), 'a.json').paths).toEqual([
    '/etc/docker/',
  ]);
});

describe('what is not within it', () => {
  test.each<readonly [string, Partial<StandingQuestion>]>([
    [
      'cluster',
      { plan: planOf(1, { target: { kind: 'cluster', uid: 'uid-2', context: 'prod', server: 'https://prod' } }) },
    ],
    ['cluster', { plan: planOf(1, { target: { kind: 'hosts' } }) }],
    // With nothing to do in it, too: a schedule that looks at another cluster is not success.
    [
      'cluster',
      { plan: planOf(0, { target: { kind: 'cluster', uid: 'uid-2', context: 'prod', server: 'https://prod' } }) },
    ],
    ['problems', { plan: planOf(1, { problems: ['base-images', 'container-logs'] }) }],
    ['source', { source: hash('b') }],
    ['source', { source: undefined }],
    ['onNodes', { onNodes: '/etc/logrotate.d/other' }],
    ['selection', { selection: {} }],
    ['selection', { selection: { selector: 'pool=blue', nodes: 'worker-1' } }],
    ['disruption', { allow: ['reboot'] }],
    ['disruption', { plan: planOf(1, { actions: restarting }) }],
    ['remedy', { remedies: ['log-space'] }],
    [
      'objects',
      { plan: planOf(1, { clusterActions: [{ kind: 'manifest' }] as unknown as NonNullable<Plan['clusterActions']> }) },
    ],
    ['cap', { plan: planOf(5) }],
  ])('%s: %j', (why, change) => {
    expect(refusedFor(change)).toBe(why);
  });

  test('a source where none was approved', () => {
    const { source: _source, ...without } = approval;
    expect(refusedFor({}, without)).toBe('source');
    expect(refusedFor({ source: undefined }, without)).toBeUndefined();
  });
});

test('a list of hosts is known by names and addresses, in any order', () => {
  const listed: StandingApproval = { ...approval, target: { kind: 'hosts', sha256: hostsIdentity(hosts) } };
  const plan = planOf(1, { target: { kind: 'hosts' } });
  expect(refusedFor({ plan, selected: hosts.toReversed() }, listed)).toBeUndefined();
  expect(refusedFor({ plan, selected: hosts.slice(1) }, listed)).toBe('hosts');
  expect(refusedFor({ plan, selected: [...hosts.slice(1), { name: 'worker-0', address: '10.0.0.99' }] }, listed)).toBe(
    'hosts',
  );
  expect(refusedFor({ plan: planOf(1) }, listed)).toBe('hosts');
});

describe('the cap', () => {
  test.each([
    [{ percent: 10 }, 2000, 200],
    [{ percent: 10 }, 39, 3],
    [{ percent: 10 }, 1, 3],
    [{ percent: 50 }, 9, 4],
    [{ nodes: 1 }, 2000, 1],
    [{ percent: 100 }, 7, 7],
  ] as const)('%j of %d nodes is %d', (cap, selected, expected) => {
    expect(capOf(cap, selected)).toBe(expected);
  });

  test('counts what could not be seen as changed, once, and only where something would change', () => {
    const unseen = (count: number, first = 20): readonly string[] =>
      hosts.slice(first, first + count).map(({ name }) => name);
    expect(refusedFor({ plan: planOf(2), unseen: unseen(2) })).toBeUndefined();
    expect(refusedFor({ plan: planOf(2), unseen: unseen(3) })).toBe('unseen');
    // Of a node that is changed, something else may be unknown.
    expect(refusedFor({ plan: planOf(4), unseen: unseen(4, 0) })).toBeUndefined();
    expect(refusedFor({ plan: planOf(5), unseen: unseen(20) })).toBe('cap');
    expect(refusedFor({ plan: planOf(0), unseen: unseen(20) })).toBeUndefined();
    // Whoever approves all of them approves that.
    expect(
      refusedFor({ plan: planOf(20), unseen: unseen(20) }, { ...approval, cap: { percent: 100 } }),
    ).toBeUndefined();
  });

  test('approves exactly the plans that change no more', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.oneof(
          fc.record({ nodes: fc.integer({ min: 1, max: 45 }) }),
          fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
        ),
        (changing, cap) => {
          expect(refusedFor({ plan: planOf(changing) }, { ...approval, cap })).toBe(
            changing > capOf(cap, hosts.length) ? 'cap' : undefined,
          );
        },
      ),
    );
  });
});

describe('its file', () => {
  test('is read as it was written, and fits its published schema', () => {
    expect(readApproval(approvalText(approval), 'x')).toEqual(approval);
    const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(standingApprovalJsonSchema());
    expect(validate(JSON.parse(approvalText(approval)))).toBe(true);
    expect(validate({ ...approval, cap: {} })).toBe(false);
  });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    JSON.stringify({ ...approval, schema: 'nodemend.dev/standing-approval/v2' }),
    JSON.stringify({ ...approval, caps: 3 }),
    JSON.stringify({ ...approval, cap: { nodes: 0 } }),
    JSON.stringify({ ...approval, allow: ['everything'] }),
    JSON.stringify({ ...approval, problems: [] }),
  ])('%s is none', (text) => {
    expect(() => readApproval(text, 'x')).toThrow(expect.objectContaining({ code: 'APPROVAL_INVALID', exitCode: 2 }));
  });

  test('whatever is in it, it is read or refused in our words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(() => readApproval(text, 'x')).toThrow(expect.objectContaining({ code: 'APPROVAL_INVALID' }));
        },
      ),
    );
  });
});
