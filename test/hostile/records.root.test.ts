import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planHash } from '../../src/engine/plan-hash.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { readClusterNodes } from '../../src/engine/rollout/cluster-nodes.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { etcHash } from '../end-to-end/node-files.ts';
import { operatorOf, type CommandResult, type Operator } from '../end-to-end/operator.ts';
import { openCluster } from '../end-to-end/practice-cluster.ts';
import type { TestCluster } from '../end-to-end/test-cluster.ts';

/**
 * Records and plans that somebody else has written: on a node, in the cluster, on the operator's machine. By the program itself,
 * on the practice cluster. Whatever they say, nothing is changed by it, and no terminal is told what to do.
 */
const escape = '\u001b[2J\u001b]0;owned\u0007';
let cluster: TestCluster;
let operator: Operator;
let api: KubernetesApi;
let node: string;
let other: string;
let run: string;
let etc: readonly string[];
/** Of the nodes, by their names. */
let uids: ReadonlyMap<string, string>;

beforeAll(async () => {
  cluster = await openCluster('hostile-records', 3);
  operator = operatorOf(cluster);
  api = await openKubernetes({ kubeconfig: cluster.kubeconfig, environment: {} });
  [node = '', other = ''] = cluster.nodes.flatMap(({ name, runtime }) => (runtime === 'docker' ? [name] : []));
  await cluster.breakNodes('container-logs', 'rule-missing', [node, other]);
  const applied = await nodemend('apply', 'container-logs', '--nodes', node, '--yes', '--soak', '0');
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
  [run = ''] = operator.runs();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nodemend-runs' } };
  await api.create('/api/v1/namespaces', namespace, () => undefined).catch(() => undefined);
  uids = new Map((await readClusterNodes(api, new AbortController().signal)).map(({ name, uid }) => [name, uid]));
  etc = await hashes();
});
afterAll(async () => {
  await api?.close();
  operator?.leave();
  await cluster?.down();
});

const hashes = (): Promise<readonly string[]> => Promise.all([node, other].map((one) => etcHash(cluster, one)));
const nodemend = (...words: readonly string[]): Promise<CommandResult> => operator.nodemend(...words);

/** Refuses or says that it does not know; changes nothing; and what it prints tells a terminal nothing. */
async function harmless(words: readonly string[], from: Operator = operator): Promise<string> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await from.nodemend(...words);
  const text = stdout + stderr;
  expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
  expect(text).not.toMatch(/INTERNAL|TypeError|RangeError|\n {4}at /u);
  expect(exitCode, text).not.toBe(1);
  expect(text.length).toBeLessThan(20_000);
  expect(performance.now() - began).toBeLessThan(40_000);
  expect(await hashes()).toEqual(etc);
  // What was refused keeps nobody else out.
  for (const one of [node, other])
    expect(await cluster.root(one, 'ls /var/lib/nodemend 2>/dev/null || :')).not.toContain('lock');
  return `${exitCode} ${text.replaceAll(/\s+/gu, ' ')}`;
}

describe('on a node', () => {
  /** A run beside the real one, whose records sed(1) has changed. */
  const forge = `cd /var/lib/nodemend/runs; cp -a "$1" "$2"
for file in "$2"/*/record.json; do sed -i -e "s/$1/$2/g" -e "$3" "$file"; done`;
  /** By a machine that knows nothing of it. */
  const fromElsewhere = async (...words: readonly string[]): Promise<string> => {
    const from = operatorOf(cluster);
    const text = await harmless(words, from);
    from.leave();
    return text;
  };
  const unreadable = /^8 error: Unable to find run \S+: .*unable to read the record of run .*\[RUN_UNANSWERED\]/u;

  test.each<[string, string, RegExp]>([
    [
      'of a file that it has not written',
      `s|"path": *"[^"]*"|"path":"/etc/passwd"|`,
      /^0 .* nothing of the run was in force/u,
    ],
    ['of a path with dots', `s|"path": *"[^"]*"|"path":"/etc/logrotate.d/../passwd"|`, unreadable],
    [
      'of another machine',
      `s/"machineId": *"[^"]*"/"machineId":"another"/`,
      /^8 REFUSED .*\[NODE_RECORD_FOREIGN\] (?!.*Still locked)/u,
    ],
    ['of other types', `s/"order": *[0-9]*/"order":{"a":[]}/`, unreadable],
    ['with a prototype', `s/"action": *{/"action":{"__proto__":{"path":"x"},"constructor":1,/`, unreadable],
    ['without anything', 'd', unreadable],
  ])('a record %s: an undo from another machine changes nothing by it', async (_what, program, said) => {
    const name = '20260101-0000-forged';
    await cluster.root(node, forge, run, name, program);
    expect(await fromElsewhere('undo', name, '--yes', '--nodes', node)).toMatch(said);
    await cluster.root(node, 'rm -rf "/var/lib/nodemend/runs/$1"', name);
  });

  test.each<[string, string, RegExp]>([
    [
      'a record of three megabytes',
      'mkdir "$2"; cp -r "$1"/. "$2"; for file in "$2"/*/record.json; do yes "{" | head -c 3000000 >"$file"; done',
      unreadable,
    ],
    [
      'a link to a folder of somebody’s',
      'cp -a "$1" ../theirs; chown -R 65534 ../theirs; ln -s ../theirs "$2"',
      unreadable,
    ],
    [
      'a pipe',
      'mkdir -p "$2/x"; mkfifo "$2/x/record.json"; : >"$2/x/phase-committed"',
      /^2 error: Run \S+ not found .*\[RUN_UNKNOWN\]/u,
    ],
  ])('%s among the runs keeps nobody waiting, and the history goes on', async (_what, make, said) => {
    const name = '20260102-0000-made';
    await cluster.root(node, `cd /var/lib/nodemend/runs; ${make}`, run, name);
    expect(await fromElsewhere('undo', name, '--yes', '--nodes', node)).toMatch(said);
    expect(await fromElsewhere('history', '--via', 'ssh', '--nodes', node)).toMatch(new RegExp(`^[05] .*${run} `, 'u'));
    await cluster.root(node, 'rm -rf "/var/lib/nodemend/runs/$1" /var/lib/nodemend/theirs', name);
  });
});

describe('a plan', () => {
  let text: string;

  beforeAll(async () => {
    const made = await nodemend('plan', 'container-logs', '--nodes', other, '--out', 'plan.json');
    expect(made.exitCode, made.stdout + made.stderr).toBe(0);
    text = readFileSync(join(operator.folder, 'plan.json'), 'utf8');
  });

  const moved = (what: string): RegExp => new RegExp(`^8 .*${what} .* → .*\\[PLAN_STALE\\]`, 'u');
  /** One of another node, by what it says of its only one. */
  const bound =
    (change: Partial<Plan['nodes'][number]>) =>
    (plan: Plan): Plan => ({
      ...plan,
      nodes: plan.nodes.map((one) => ({ ...one, ...change })),
    });

  test.each<[string, (plan: Plan) => Plan, RegExp]>([
    ['of another machine of that name', bound({ machineId: 'f'.repeat(32) }), moved('machine-id')],
    ['of another boot', bound({ bootId: '00000000-0000-4000-8000-000000000000' }), moved('boot-id')],
    ['of another host key', bound({ hostKey: `SHA256:${'A'.repeat(43)}` }), moved('host-key')],
    ['of another node of that name', bound({ uid: '00000000-0000-4000-8000-000000000000' }), moved('node-uid')],
    ['of a node that is not there', bound({ name: 'worker-404' }), /^2 .*is for a node that the plan does not bind/u],
    [
      'that is called like another node',
      (plan) => JSON.parse(JSON.stringify(plan).replaceAll(other, node)) as Plan,
      moved('node-uid'),
    ],
    [
      'that has the uid of that one, too',
      (plan) => ({
        ...(JSON.parse(JSON.stringify(plan).replaceAll(other, node)) as Plan),
        nodes: plan.nodes.map((one) => ({ ...one, name: node, uid: uids.get(node) ?? '' })),
      }),
      moved('host-key'),
    ],
    [
      'with an action for another node',
      (plan) => ({ ...plan, actions: plan.actions.map((action) => ({ ...action, node })) }),
      /^2 .*is for a node that the plan does not bind.*\[PLAN_INVALID\]/u,
    ],
    [
      'of another cluster',
      (plan) => ({ ...plan, target: { kind: 'cluster', uid: 'another', context: '', server: '' } }),
      moved('cluster'),
    ],
    [
      'of hosts without a cluster',
      (plan) => ({ ...plan, target: { kind: 'hosts' } }),
      /^8 Plan .* error: .*\[PLAN_OF_HOSTS\]/u,
    ],
  ])('%s is refused, before anything is written', async (_what, forge, said) => {
    // Without its maker's signature, which whoever forges it leaves out.
    const { hash: _hash, signature: _signature, ...forged } = forge(JSON.parse(text) as Plan);
    const [file, sealed] = [join(operator.folder, 'forged.json'), planHash(forged)];
    writeFileSync(file, JSON.stringify({ ...forged, hash: sealed }));
    // Its hash is one that somebody has passed on, and that was believed.
    const passedOn = ['--plan-hash', `sha256:${sealed}`];
    expect(await harmless(['apply', file, '--yes', '--soak', '0', ...passedOn])).toMatch(said);
  });
});

describe('in the cluster', () => {
  const path = '/api/v1/namespaces/nodemend-runs/configmaps';
  const recordOf = (name: string, data: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `nodemend-run-${name}`,
      namespace: 'nodemend-runs',
      labels: { 'app.kubernetes.io/managed-by': 'nodemend', 'nodemend.dev/record': 'run' },
      annotations: { 'nodemend.dev/run': escape },
    },
    data,
  });

  test.each<[string, JsonObject]>([
    ['20260103-0000-none', {}],
    ['20260103-0001-odd', { 'run.json': '{"__proto__":{"a":1},"run":"../../x"}', 'actions.json': '[{"kind":"file"}]' }],
    ['20260103-0002-escapes', { 'run.json': JSON.stringify({ owner: escape }), 'actions.json': escape }],
    ['20260103-0003-huge', { 'actions.json': '['.repeat(900_000) }],
  ])('%s: unknown in the history, and neither undone nor resumed', async (name, data) => {
    await api.create(path, recordOf(name, data), () => undefined);
    expect(await harmless(['history', '--from-cluster'])).toMatch(/^5 .*\[CLUSTER_RECORD_INVALID\]/u);
    for (const command of ['undo', 'resume'])
      expect(await harmless([command, name, '--yes'])).toMatch(/^8 error: .*\[CLUSTER_RECORD_INVALID\]/u);
    await api.remove(`${path}/nodemend-run-${name}`);
  });

  test.each<[string, JsonObject]>([
    ['escapes', { holderIdentity: `${escape}run`, leaseDurationSeconds: 60, renewTime: '2126-01-01T00:00:00.000000Z' }],
    [
      'values that no run writes',
      {
        holderIdentity: 'a'.repeat(5000),
        leaseDurationSeconds: 2_147_483_647,
        renewTime: '2026-13-45T99:99:99.000000Z',
      },
    ],
  ])('a lease with %s keeps runs out, and is told', async (_what, spec) => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/nodemend/leases';
    await api.remove(`${leases}/nodemend-run`).catch(() => undefined);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'nodemend-run', namespace: 'nodemend' },
      spec,
    };
    await api.create(leases, lease, () => undefined);
    expect(await harmless(['undo', run, '--yes', '--nodes', node])).toMatch(/^8 .*\[LEASE_HELD\]/u);
    await api.remove(`${leases}/nodemend-run`);
  });
});

describe('on this machine', () => {
  test.each<[string, (file: string, text: string) => void]>([
    ['another-node', (file, text) => writeFileSync(file, text.replaceAll(node, other))],
    ['other-file', (file, text) => writeFileSync(file, text.replaceAll('/etc/logrotate.d/', '/etc/logrotate.d/../'))],
    ['prototype', (file, text) => writeFileSync(file, `{"__proto__":{"entry":"run-began"},"constructor":{}}\n${text}`)],
    ['escapes', (file, text) => writeFileSync(file, text.replaceAll(node, `${node}${escape}`))],
    ['types', (file) => writeFileSync(file, '[]\n1\nnull\n{"entry":{}}\n')],
    ['huge', (file) => writeFileSync(file, '{'.repeat(4_000_000))],
    ['link', (file) => symlinkSync('/etc/passwd', file)],
  ])('a journal of %s is not taken for a run that can be told of', async (_what, write) => {
    const from = operatorOf(cluster);
    const folder = join(from.folder, 'state/nodemend/runs');
    // Not of one that the tests before have left, which may have changed nothing.
    const [own, journal] = [join(operator.folder, 'state/nodemend/runs'), `${run}.jsonl`];
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    write(join(folder, journal), readFileSync(join(own, journal), 'utf8'));
    expect(await harmless(['history'], from)).toMatch(/^0 (?:RUN .* damaged journal |No runs found)/u);
    await harmless(['verify', run], from);
    from.leave();
  });
});
