import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLoginNode, type LoginNode, type LoginUser } from '../../test/login-node.ts';
import { makeSshKey, type SshKey } from '../../test/ssh-keys.ts';
import { startSshd, type Sshd } from '../../test/sshd.ts';
import { createLocalTransport } from '../transport/local/local-transport.ts';
import { openTransport } from '../transport/open-transport.ts';
import { defaultTransportSettings } from '../transport/settings.ts';
import type { NodeTarget, Transport } from '../transport/transport.ts';
import { collectEvidence, type AskedNode, type EvidenceRequest } from './collect.ts';
import type { ApiNode, Evidence, NodeEvidence } from './evidence.ts';
import { factsOf } from './probe/testing/run-probe.ts';

const { signal } = new AbortController();
const greet = factsOf(
  'demo_hello() { echo "hello from $(id -un)"; [ "$(id -u)" = 0 ] || return 77; }\nsection demo/hello 5 1000 demo_hello\n',
  ['demo/hello'],
);

let node: LoginNode;
let sshd: Sshd;
let key: SshKey;
let ssh: Transport;
let local: Transport;
beforeAll(async () => {
  node = await createLoginNode();
  sshd = await startSshd(node.root);
  key = makeSshKey(node.root.shared, 'id');
  for (const user of ['root', 'sudo-works', 'sudo-password', 'noisy'] as const) sshd.authorize(user, key);
  const knownHosts = join(node.root.shared, 'known_hosts');
  writeFileSync(knownHosts, `${sshd.knownHostsLine}\n`);
  ssh = openTransport('ssh', {
    ...defaultTransportSettings({}),
    defaultIdentityFiles: [],
    knownHostsFiles: [knownHosts],
    connectTimeoutMs: 20_000,
  });
  local = createLocalTransport({ enter: [...node.root.enter, 'setsid', '--wait'] });
});
afterAll(async () => {
  await ssh.close();
  await sshd.close();
  await node.close();
});

const targetOf = (name: string, user: LoginUser = 'root', change: Partial<NodeTarget> = {}): NodeTarget => {
  return { name, address: sshd.address, port: sshd.port, user, identityFiles: [key.path], ...change };
};

/** Evidence of targets without an API server. */
function collect(access: EvidenceRequest['access'] & object, change: Partial<EvidenceRequest> = {}): Promise<Evidence> {
  const nodes: readonly AskedNode[] = access.targets;
  return collectEvidence({
    version: '1.2.3',
    problems: ['demo'],
    nodes,
    cluster: undefined,
    now: new Date(0),
    access,
    ...change,
  });
}

async function collectOne(access: Omit<EvidenceRequest['access'] & object, 'signal'>): Promise<NodeEvidence> {
  const { nodes } = await collect({ ...access, signal });
  return nodes[0]!;
}

describe('collectEvidence', () => {
  test('reads nodes over SSH, with and without root, and through noise', async () => {
    const before = Date.now();
    const targets = [
      targetOf('c', 'noisy'),
      targetOf('a', 'root', { group: 'blue' }),
      targetOf('d', 'sudo-password'),
      targetOf('b', 'sudo-works'),
    ];
    const evidence = await collect({ transport: ssh, targets, facts: greet, signal });

    expect(evidence).toMatchObject({
      schema: 'nodemend.dev/evidence/v1',
      collectedAt: '1970-01-01T00:00:00.000Z',
      collector: { version: '1.2.3' },
      scope: { via: 'ssh', targets: 'hosts', problems: ['demo'] },
      cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    });
    expect(evidence.nodes.map(({ name, group }) => [name, group])).toEqual([
      ['a', 'blue'],
      ['b', undefined],
      ['c', undefined],
      ['d', undefined],
    ]);
    const [a, b, c, d] = evidence.nodes;
    const shared = {
      transport: 'ssh',
      hostKey: expect.stringMatching(/^SHA256:/) as string,
      machineId: node.root.run('cat /etc/machine-id').trim(),
      bootId: node.root.run('cat /proc/sys/kernel/random/boot_id').trim(),
    };
    expect(a?.access).toMatchObject({ state: 'seen', value: { ...shared, user: 'root', privilege: 'root' } });
    expect(b?.access).toMatchObject({ state: 'seen', value: { ...shared, user: 'sudo-works', privilege: 'sudo' } });
    expect(c?.access).toMatchObject({ state: 'seen', value: { ...shared, user: 'noisy' } });
    expect(d?.access).toMatchObject({
      state: 'seen',
      value: { ...shared, privilege: 'unprivileged', sudo: 'password-needed' },
    });
    for (const { access } of evidence.nodes) {
      if (access.state !== 'seen') throw new Error(access.state);
      // Right to half of what the way took.
      expect(Math.abs(access.value.clockSkewMs)).toBeLessThan(1_500 + access.value.tookMs / 2);
      expect(access.value.tookMs).toBeLessThanOrEqual(Date.now() - before);
    }
    const hello = {
      state: 'seen',
      value: { exitCode: 0, encoding: 'utf8', output: 'hello from root\n', errors: '', truncated: false },
    };
    expect([a?.sections, b?.sections]).toEqual([{ 'demo/hello': hello }, { 'demo/hello': hello }]);
    expect(d?.sections).toMatchObject({
      'demo/hello': { state: 'unknown', reason: 'needs-root', error: { code: 'SECTION_NEEDS_ROOT' } },
    });
  });

  test('keeps nodes apart: what cannot be reached says why, the others are read', async () => {
    const otherKey = makeSshKey(node.root.shared, 'other');
    const targets = [
      targetOf('refused', 'root', { port: 1 }),
      targetOf('denied', 'root', { identityFiles: [otherKey.path] }),
      targetOf('unknown-host', 'root', { address: '127.0.0.2' }),
      targetOf('fine'),
    ];
    const { nodes } = await collect({ transport: ssh, targets, facts: greet, signal });

    expect(
      nodes.map(({ name, access, sections }) => [
        name,
        access.state === 'unknown' ? access.reason : access.state,
        sections['demo/hello']?.state,
      ]),
    ).toEqual([
      ['denied', 'auth-failed', 'unknown'],
      ['fine', 'seen', 'seen'],
      ['refused', 'unreachable', 'unknown'],
      // sshd listens on 127.0.0.1 alone.
      ['unknown-host', 'unreachable', 'unknown'],
    ]);
    expect(nodes[2]?.sections['demo/hello']).toEqual(nodes[2]?.access);
  });

  /** Waits until so many nodes are at a command, and for the tick of a second that sends what was finished before. */
  async function begun(command: string, count: number): Promise<void> {
    const running = (): number => Number(node.root.run('pgrep -c -x -f "$1" || :', command));
    await expect.poll(running, { timeout: 10_000, interval: 50 }).toBe(count);
    await sleep(2_000);
  }

  test('keeps what arrived before the connection was cut', async () => {
    const slow = factsOf('section demo/early 5 100 echo early\nsection demo/late 15 100 sleep 20\n', [
      'demo/early',
      'demo/late',
    ]);
    const collected = collectOne({ transport: ssh, targets: [targetOf('a')], facts: slow });
    await begun('sleep 20', 1);
    sshd.dropConnections();
    const { access, sections } = await collected;

    expect(access).toMatchObject({ state: 'seen', value: { privilege: 'root' } });
    expect(sections['demo/early']).toMatchObject({ state: 'seen', value: { output: 'early\n' } });
    expect(sections['demo/late']).toMatchObject({
      state: 'unknown',
      reason: 'unreachable',
      error: { code: 'SSH_CONNECTION_LOST' },
    });
  });

  test('Ctrl-C keeps what arrived; the rest is interrupted', async () => {
    const controller = new AbortController();
    const slow = factsOf('section demo/early 5 100 echo early\nsection demo/late 15 100 sleep 61.61\n', [
      'demo/early',
      'demo/late',
    ]);
    const targets = ['a', 'b', 'c', 'd'].map((name) => targetOf(name));
    const collected = collect({ transport: ssh, targets, facts: slow, signal: controller.signal, concurrency: 2 });
    await begun('sleep 61.61', 2);
    controller.abort();
    const { nodes } = await collected;

    expect(
      nodes
        .slice(0, 2)
        .map(({ access, sections }) => [access.state, sections['demo/early']?.state, sections['demo/late']]),
    ).toMatchObject([
      ['seen', 'seen', { state: 'unknown', reason: 'interrupted' }],
      ['seen', 'seen', { state: 'unknown', reason: 'interrupted' }],
    ]);
    for (const { access, sections } of nodes.slice(2)) {
      expect(access).toMatchObject({ state: 'unknown', reason: 'interrupted', error: { code: 'COMMAND_INTERRUPTED' } });
      expect(sections['demo/early']).toEqual(access);
    }
    expect(node.processesWith('sleep 61.61')).toBe(0);
  });

  test('a node that does not end in time is ended there', async () => {
    const stubborn = factsOf(
      'section demo/early 5 100 echo early\ntrap "" TERM USR1\nwhile :; do sleep 62.62; done\n',
      ['demo/early'],
    );
    const started = performance.now();
    const { sections } = await collectOne({
      transport: ssh,
      targets: [targetOf('a')],
      facts: stubborn,
      budgetSeconds: 1,
    });

    expect(performance.now() - started).toBeLessThan(40_000);
    expect(sections['demo/early']).toMatchObject({
      state: 'unknown',
      reason: 'timed-out',
      error: { code: 'COMMAND_TIMED_OUT' },
    });
    expect(node.processesWith('sleep 62.62')).toBe(0);
  }, 30_000);

  test('a probe that ends early, says too much, or forgets a section', async () => {
    const of = async (script: string, sections: readonly string[]): Promise<NodeEvidence> =>
      collectOne({ transport: local, targets: [targetOf('a')], facts: factsOf(script, sections) });

    const early = await of(
      'section demo/one 5 100 echo here\nsection demo/two 5 100 true\necho "out of luck" >&2\nexit 3\n',
      ['demo/one', 'demo/two'],
    );
    expect(early.sections['demo/two']).toMatchObject({
      reason: 'probe-failed',
      error: { code: 'PROBE_ENDED_EARLY', params: { exitCode: 3, detail: 'out of luck' } },
    });
    const much = await of(
      'section demo/one 5 100 echo here\nsection demo/two 9 30000000 head -c 20000000 /dev/zero\n',
      ['demo/one', 'demo/two'],
    );
    expect(much.sections).toMatchObject({
      'demo/one': { state: 'seen' },
      'demo/two': { state: 'unknown', reason: 'truncated', error: { code: 'PROBE_OUTPUT_TOO_LARGE' } },
    });
    const forgotten = await of('section demo/one 5 100 echo here\n', ['demo/one', 'demo/two']);
    expect(forgotten.sections).toMatchObject({
      'demo/one': { state: 'seen' },
      'demo/two': { state: 'unknown', error: { code: 'SECTION_NOT_SENT' } },
    });
  });

  test('a problem that asks nothing still learns who the node is', async () => {
    const { access, sections } = await collectOne({ transport: local, targets: [targetOf('a')], facts: [] });

    expect(access).toMatchObject({ state: 'seen', value: { transport: 'local', user: 'root', privilege: 'root' } });
    expect(sections).toEqual({});
  });

  const api: ApiNode = {
    uid: 'u',
    createdAt: '',
    labels: {},
    taints: [],
    unschedulable: false,
    conditions: [],
    osImage: '',
    kernelVersion: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    bootID: 'another',
    machineID: '',
  };
  const cluster = {
    uid: { state: 'seen', value: 'u' },
    version: { state: 'seen', value: 'v1.33.4' },
    context: 'c',
    server: 's',
  } as const;

  test('what another machine says under the name of a node is not evidence about the node', async () => {
    const machineID = node.root.run('cat /etc/machine-id').trim();
    const asked = (name: string, id: string): AskedNode => ({
      name,
      address: '10.0.0.1',
      api: { ...api, machineID: id },
    });
    const uuid = machineID.toUpperCase().replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
    const nodes = [
      asked('same', machineID),
      asked('as-uuid', uuid),
      asked('replaced', '0'.repeat(32)),
      asked('unknown', ''),
    ];
    const targets = nodes.map(({ name }) => targetOf(name));
    const evidence = await collect({ transport: local, targets, facts: greet, signal }, { nodes, cluster });

    expect(evidence.nodes.map(({ name, access }) => [name, access.state])).toEqual([
      ['as-uuid', 'seen'],
      ['replaced', 'unknown'],
      ['same', 'seen'],
      ['unknown', 'seen'],
    ]);
    const replaced = evidence.nodes[1]!;
    expect(replaced.access).toMatchObject({
      reason: 'malformed',
      error: { code: 'NODE_IDENTITY_MISMATCH', params: { expected: '0'.repeat(32), found: machineID } },
    });
    expect(replaced.sections['demo/hello']).toEqual(replaced.access);
    expect(evidence.scope).toEqual({ via: 'local', targets: 'cluster', problems: ['demo'] });
  });

  test('with a kubeconfig alone, nodes are not looked at, and it says how to', async () => {
    const nodes = [
      { name: 'b', address: '10.0.0.2', api },
      { name: 'a', address: '10.0.0.1', api, group: 'blue' },
    ];
    const evidence = await collectEvidence({
      version: '1',
      problems: ['demo'],
      nodes,
      cluster,
      now: new Date(0),
      access: undefined,
    });
    const notLookedAt = { state: 'not-looked-at', enable: '--via ssh' };

    expect(evidence.scope.via).toBe('none');
    expect(evidence.cluster).toEqual({ state: 'seen', value: cluster });
    expect(evidence.nodes).toEqual([
      {
        name: 'a',
        group: 'blue',
        address: '10.0.0.1',
        api: { state: 'seen', value: api },
        access: notLookedAt,
        sections: {},
      },
      { name: 'b', address: '10.0.0.2', api: { state: 'seen', value: api }, access: notLookedAt, sections: {} },
    ]);
  });

  test('progress passes through', async () => {
    const done: number[] = [];
    await collect({
      transport: local,
      targets: [targetOf('a'), targetOf('b')],
      facts: greet,
      signal,
      onProgress: (report) => done.push(report.done),
    });

    expect(done.at(-1)).toBe(2);
  });
});
