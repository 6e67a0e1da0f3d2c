import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import type { Rule } from '../../../lab/api/roles.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { previewImage, serveFakeHub, type ServedHub } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { runInProcess, type CommandEnd, type Surroundings } from '../testing/run-in-process.ts';

/**
 * With nodes that ask by the real curl: all of them are this machine (`--via local`), so that they share one address.
 * Registry and API server are fakes; the images are those of the fake registry instead of Docker Hub's.
 */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nodemend-rate-limit-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

interface Fixture extends ServedHub {
  readonly run: (argv: readonly string[], surroundings?: Surroundings) => Promise<CommandEnd>;
  readonly folder: string;
}

async function fixture(
  objects: (registry: string) => readonly KubeObject[],
  rules?: readonly Rule[],
): Promise<Fixture> {
  const served = await serveFakeHub({ images: [previewImage] });
  const cluster = await serveFake(objects(served.registry), rules);
  const common = [
    'rate-limit',
    '--kubeconfig',
    cluster.kubeconfig(rules ? 'reader' : 'admin'),
    '--image',
    `${served.registry}/ratelimitpreview/test`,
    '--plain-http',
  ];
  const workingFolder = folder();
  return {
    ...served,
    folder: workingFolder,
    run: (argv, more = {}) => runInProcess([...common, ...argv], { workingFolder, ...more }),
  };
}

function pullTimes({ hub }: Fixture, times: number): void {
  for (let count = 0; count < times; count++) hub.pulls.pull({ source: '127.0.0.1', limit: 100 });
}

function node(
  name: string,
  images: readonly string[] = ['registry.k8s.io/pause:3.10'],
  group = 'default-worker',
): KubeObject {
  const status = {
    images: images.map((image) => ({ names: [image] })),
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    nodeInfo: { containerRuntimeVersion: 'containerd://1.7.27' },
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'magnum.openstack.org/nodegroup': group } },
    spec: {},
    status,
  };
}

const now = Date.now();
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

function event(
  name: string,
  {
    node: host,
    message,
    minutes,
    count = 1,
  }: { readonly node: string; readonly message: string; readonly minutes: number; readonly count?: number },
): KubeObject {
  const times = { firstTimestamp: ago(minutes), lastTimestamp: ago(minutes), count };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'web', name },
    reason: 'Pulled',
    type: 'Normal',
    involvedObject: { kind: 'Pod', namespace: 'web', name: 'app-1' },
    source: { component: 'kubelet', host },
    message,
    ...times,
  };
}

const pulled = (image: string): string =>
  `Successfully pulled image "${image}" in 1.2s (1.2s including waiting). Image size: 77 bytes.`;

function deployment(name: string, images: readonly string[], pod: object = {}): KubeObject {
  const containers = images.map((image) => ({ name: 'c', image, imagePullPolicy: 'IfNotPresent' }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'web', name },
    spec: { replicas: 2, template: { spec: { containers, ...pod } } },
  };
}

const squeezed = (text: string): string => text.replaceAll(/ +/gu, ' ').replaceAll(/\n +/gu, ' ');
const document = ({ data }: CommandEnd): Readonly<Record<string, never>> =>
  JSON.parse(data) as Readonly<Record<string, never>>;

describe('the pace of pulls, and how long the rest lasts', () => {
  const busy = (registry: string): readonly KubeObject[] => [
    node('worker-1'),
    node('worker-2'),
    event('oldest', { node: 'worker-1', message: 'Container image "a" already present on machine', minutes: 30 }),
    event('one', { node: 'worker-1', message: pulled(`${registry}/app:1`), minutes: 20, count: 6 }),
    event('two', { node: 'worker-2', message: pulled(`${registry}/app:1`), minutes: 5, count: 4 }),
    event('elsewhere', { node: 'worker-2', message: pulled('ghcr.io/a/b:1'), minutes: 5 }),
    event('gone', { node: 'worker-9', message: pulled(`${registry}/app:1`), minutes: 5 }),
  ];

  test('by whom the pulls are counted, and until when that lasts', async () => {
    const there = await fixture(busy);
    pullTimes(there, 91);
    const end = await there.run(['--via', 'local', '--pulls', '-o', 'json']);
    const { groups, pulls, shared, tiers } = document(end);

    expect(end.code).toBe(4);
    expect(groups).toMatchObject([
      {
        source: '127.0.0.1',
        remaining: 9,
        here: true,
        nodes: ['worker-1', 'worker-2'],
        pulls: { seen: 10, distinct: 2, needed: 120 },
      },
    ]);
    expect(
      (
        groups as unknown as readonly {
          readonly pulls: { readonly perHour: number; readonly exhaustedInSeconds: number };
        }[]
      )[0]?.pulls.perHour,
    ).toBeCloseTo(20, 0);
    expect(pulls).toMatchObject({
      state: 'seen',
      all: { seen: 11 },
      elsewhere: { nodes: ['worker-9'], pulls: { seen: 1 } },
    });
    expect(shared).toEqual([
      { address: '127.0.0.1', parts: [{ nodeGroup: 'default-worker', nodes: ['worker-1', 'worker-2'] }] },
    ]);
    expect(tiers).toEqual([]);
  });

  test('for people, with what helps: the accounts that are written down, and addresses by node group', async () => {
    const there = await fixture(busy);
    pullTimes(there, 91);
    writeFileSync(
      join(there.folder, 'nodemend.yaml'),
      'rateLimit:\n  tiers:\n    - { name: small, pulls: 100, windowSeconds: 21600 }\n    - { name: Team, pulls: unlimited }\n',
      { mode: 0o600 },
    );
    const asked = ['--via', 'local', '--pulls', '--config', 'nodemend.yaml', '--save-bundle', 'limit.json.gz'];
    const end = await there.run(asked);
    const text = squeezed(end.data);
    // From the bundle the same is told, nodes, groups of them and all.
    const told = ['rate-limit', '--bundle', 'limit.json.gz', '--config', 'nodemend.yaml'];
    expect(await runInProcess(told, { workingFolder: there.folder })).toMatchObject({
      data: end.data,
      code: end.code,
      notes: '',
    });

    expect(text).toMatch(
      /^COUNTED AS LEFT WINDOW PULLS\/H LASTS ASKED FROM\n127\.0\.0\.1 9 \/ 100 6 h 20 2\dm(?:\d+s)? this machine, worker-\[1-2\]\n/u,
    );
    expect(text.replaceAll('\n', ' ')).toMatch(
      /Pulls in the last 3[01]m, from the available events: at most 11 \(each image once per node: 3\)\./u,
    );
    expect(text).toContain('Pulls from nodes with an unknown address: 1 (worker-9)\n');
    expect(text).toContain(
      (
        'What you can do\n- Use an account: the whole cluster needs at most 132 pulls in 6 h.\n' +
        ' - small: 100 in 6 h, too few\n - Team: no limit\n' +
        '- Use separate addresses: 127.0.0.1 is shared by worker-[1-2].\n - default-worker: 2 nodes\n' +
        '- For each node group, allocate as many free floating IPs'
      ).replaceAll('\n -', ' -'),
    );
    expect(text).toContain("NCR's image cache registry");
    expect(end.code).toBe(4);
  });

  test('without the right to read events the pace is unknown, and all else is there', async () => {
    const there = await fixture(busy, [{ groups: [''], resources: ['nodes'], verbs: ['list'] }]);
    const end = await there.run(['--via', 'local', '--pulls', '-o', 'json']);

    expect(end.code).toBe(5);
    expect(document(end)).toMatchObject({
      groups: [{ remaining: 100, pulls: null }],
      pulls: { state: 'unknown', code: 'API_FORBIDDEN' },
    });
    expect(squeezed((await there.run(['--via', 'local', '--pulls'])).data)).toContain(
      'UNKNOWN reader cannot list events (403).',
    );
  });

  test('no event says that nothing is known, not that nothing is pulled', async () => {
    const there = await fixture(() => [node('worker-1')]);

    expect((await there.run(['--pulls'])).data).toContain(
      'No pull events found. By default, events are kept for an hour.\n',
    );
    expect((await there.run(['--pulls'], { language: 'ko' })).data).toContain('pull을 알리는 이벤트가 없습니다.');
  });
});

describe('what a rollout would cost', () => {
  const shop = (registry: string): readonly KubeObject[] => [
    node('worker-1', [`${registry}/app:1`]),
    node('worker-2'),
    node(
      'worker-3',
      Array.from({ length: 50 }, (_, index) => `registry.k8s.io/filler:${index}`),
    ),
    deployment('app', [`${registry}/app:1`, 'registry.k8s.io/pause:3.10'], { imagePullSecrets: [{ name: 'hub' }] }),
    deployment('other', ['ghcr.io/a/b:1']),
    { ...deployment('agent', [`${registry}/agent:1`]), kind: 'DaemonSet' },
  ];

  test('against what is left of the address of its nodes', async () => {
    const there = await fixture(shop);
    pullTimes(there, 99);
    const end = await there.run([
      '--via',
      'local',
      '--what-if',
      'deployment/app=50',
      '--what-if',
      'ds/agent',
      '-n',
      'web',
      '-o',
      'json',
    ]);

    expect(end.code).toBe(3);
    expect(document(end)['whatIf']).toEqual([
      {
        kind: 'deployment',
        name: 'app',
        namespace: 'web',
        state: 'counted',
        replicas: 50,
        images: [{ image: `${there.registry}/app:1`, policy: 'IfNotPresent' }],
        hasUnreadLogin: true,
        costs: [
          {
            source: '127.0.0.1',
            remaining: 1,
            secrets: [],
            nodes: ['worker-1', 'worker-2', 'worker-3'],
            pulls: 2,
            certain: 1,
            ifNew: 3,
            exhausts: true,
          },
        ],
      },
      expect.objectContaining({
        kind: 'daemonset',
        replicas: null,
        costs: [expect.objectContaining({ pulls: 3, certain: 2, ifNew: 3, exhausts: true })],
      }),
    ]);
  });

  test('for people', async () => {
    const there = await fixture(shop);
    pullTimes(there, 98);
    const end = await there.run([
      '--via',
      'local',
      '--what-if',
      'deployment/app',
      '--what-if',
      'deployment/other=9',
      '-n',
      'web',
    ]);
    const text = squeezed(end.data);

    expect(text).toContain(
      '\nROLLOUT COUNTED AS PULLS LEFT IF NEW NODES\ndeployment/app=2 127.0.0.1 1–2 2 2 worker-[1-3]\n',
    );
    expect(text).toContain('deployment/other=9 in web does not pull from 127.0.0.1:');
    expect(text).toContain('The higher number includes nodes that do not report all their images');
    expect(text).toContain('deployment/app=2 uses pull secrets that were not read');
    expect(end.data.split('\n').filter((line) => line.length > 80)).toEqual([]);
    // Few are left, and what they are for does not matter.
    expect(end.code).toBe(4);
  });

  test('of nodes that were not asked nothing is known; neither of what is not there, or may not be seen', async () => {
    const there = await fixture(shop);
    const unasked = await there.run(['--what-if', 'deployment/app=50', '-n', 'web']);
    const missing = await there.run(['--what-if', 'sts/app=1', '-n', 'web', '-o', 'json']);
    const hidden = await (
      await fixture(shop, [{ groups: ['apps'], resources: ['*'], verbs: ['list'] }])
    ).run(['--what-if', 'deployment/app=1', '-n', 'web', '-o', 'json']);

    expect(squeezed(unasked.data)).toContain('deployment/app=50 not checked 1–2 ? 3 worker-[1-3]\n');
    expect(unasked.code).toBe(5);
    expect(document(missing)).toMatchObject({
      whatIf: [{ kind: 'statefulset', name: 'app', state: 'unknown', code: 'WORKLOAD_MISSING' }],
    });
    expect(missing.code).toBe(5);
    expect(document(hidden)).toMatchObject({
      whatIf: [{ state: 'unknown', code: 'API_FORBIDDEN', detail: 'reader cannot list nodes (403).' }],
    });
  });

  test.each([
    ['no rollout', ['--what-if', 'web=50', '-n', 'web'], { context: 'rollout', value: 'web=50' }],
    ['a DaemonSet with a number', ['--what-if', 'ds/x=5', '-n', 'web'], { context: 'rollout' }],
    ['no namespace', ['--what-if', 'deploy/x=5'], { context: 'needs', typed: '--what-if', other: '--namespace' }],
    ['two of them', ['--what-if', 'deploy/x=5', '-n', 'a,b'], { context: 'namespace', value: 'a,b' }],
    ['a namespace of nothing', ['-n', 'web'], { context: 'needs', typed: '--namespace', other: '--what-if' }],
    ['a comparison of nobody', ['--compare', 'x.json'], { context: 'needs', typed: '--compare', other: '--via' }],
  ])('%s is refused before anybody is asked', async (_name, argv, params) => {
    expect((await runInProcess(['rate-limit', ...argv])).error).toMatchObject({ code: 'USAGE', params });
  });
});

describe('whether addresses have changed', () => {
  const three = (): readonly KubeObject[] => [node('worker-1'), node('worker-2'), node('worker-3', [], 'gpu')];
  const answer = (groups: readonly object[]): string => JSON.stringify({ groups, unknown: [] });

  test('an answer is held against an earlier one', async () => {
    const there = await fixture(three);
    expect(await there.run(['--via', 'local', '-o', 'json', '--out', 'before.json'])).toMatchObject({ code: 0 });
    const same = await there.run(['--via', 'local', '--compare', 'before.json']);
    writeFileSync(
      join(there.folder, 'moved.json'),
      readFileSync(join(there.folder, 'before.json'), 'utf8').replaceAll('127.0.0.1', '203.0.113.7'),
    );
    const moved = await there.run(['--via', 'local', '--compare', 'moved.json']);

    expect(squeezed(same.data)).toContain(
      '\nNODES BEFORE NOW ADDRESS\nworker-[1-3] 127.0.0.1 127.0.0.1 unchanged, still shared\n',
    );
    expect(same.code).toBe(3);
    expect(squeezed(moved.data)).toContain('\nworker-[1-3] 203.0.113.7 127.0.0.1 changed\n');
    expect(moved.code).toBe(0);
  });

  test('a node with an address of its own needs no other; one that was not asked before is unknown', async () => {
    const there = await fixture(three);
    writeFileSync(join(there.folder, 'own.json'), answer([{ source: '127.0.0.1', nodes: ['worker-1'] }]));
    writeFileSync(
      join(there.folder, 'unknown.json'),
      JSON.stringify({ groups: [], unknown: [{ node: 'worker-1' }, { node: null }] }),
    );

    expect(await there.run(['--via', 'local', '--nodes', 'worker-1', '--compare', 'own.json'])).toMatchObject({
      code: 0,
      data: expect.stringContaining('unchanged, not shared') as string,
    });
    expect(document(await there.run(['--via', 'local', '--compare', 'unknown.json', '-o', 'json']))['changes']).toEqual(
      [{ node: 'worker-1', before: null, now: '127.0.0.1', state: 'unknown' }],
    );
    expect(await there.run(['--via', 'local', '--compare', 'unknown.json'])).toMatchObject({ code: 5 });
  });

  test.each([
    ['nothing', '', 'RATE_LIMIT_ANSWER_INVALID'],
    ['another document', '{"groups":[{"source":1}]}', 'RATE_LIMIT_ANSWER_INVALID'],
    ['no file', undefined, 'INPUT_UNREADABLE'],
  ])('%s is not an earlier answer', async (_name, text, code) => {
    const there = await fixture(three);
    if (text !== undefined) writeFileSync(join(there.folder, 'x.json'), text);

    expect((await there.run(['--via', 'local', '--compare', 'x.json'])).error).toMatchObject({ code });
  });
});
