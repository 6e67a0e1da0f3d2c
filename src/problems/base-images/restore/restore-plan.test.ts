import { describe, expect, test } from 'vitest';
import { actionSchema } from '../../../actions/action-kinds.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import { unknownOf } from '../../../evidence/unknown.ts';
import { savedKey, type SavedAnswer } from '../../../images/sources/brought-source.ts';
import type { SourceAnswer } from '../../../images/sources/source-answer.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { restoreRemedy, type RestoreInputs } from '../../../images/sources/restore-inputs.ts';
import { inputs } from '../inputs.ts';
import { plan } from '../plan.ts';
import { daemonSet, fixture, nothingRuns, waitingFor, without, type FixtureNode } from '../testing/fixture.ts';
import { savedQuestions } from './restore-choice.ts';
import { sourceQuestions } from './source-questions.ts';

const pause = 'registry.k8s.io/pause:3.6';
const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
/** Of the recorded nodes: one configuration, two manifests of it. */
const pauseDigest = 'sha256:be00c4d3125f4a04bbe7e36e7e22a376fa056a2751e15f2643153dca69dd4336';
const againDigest = 'sha256:36c039daf3f5afdcdfcc0a818bb331cf1b9cc736e9d6fe0cec38fdc9f92472eb';
const pauseId = 'sha256:b107283e9fa5980dd19fb363e3b50650cf118665598fa55ab630b5293fa7c080';

/** Nothing of that configuration is left, under whatever name. */
const withoutBox = without(/ (?:\S+\/box[:@]\S*|registry\.k8s\.io\/pause:\S*|sha256:b107\S*)$/);
const withoutPauseAtAll = without(/sha256:b107/);
const withoutProxy = without(/ registry\.k8s\.io\/kube-proxy:| sha256:a6f0\S*$/);
const needy: FixtureNode = { name: 'worker-1', images: withoutBox };
const healthy: FixtureNode = { name: 'worker-2' };

interface Case {
  readonly restore?: RestoreInputs;
  readonly answers?: Readonly<Record<string, SourceAnswer>>;
}

const accepted = new Set<string>();

function planned(evidence: Evidence, { restore = { accepted }, answers }: Case = {}): ProblemPlan {
  return plan({
    evidence,
    findings: diagnose(evidence),
    remedies: new Set([restoreRemedy]),
    inputs: { [restoreRemedy]: restore },
    sources: {
      settings: { names: [], plainHttp: [] },
      answers: new Map([['worker-1', new Map(Object.entries(answers ?? {}))]]),
    },
  });
}

const refusals = ({ refused }: ProblemPlan): readonly string[] => refused.map(({ key }) => key);
const found = (digest: string, bytes = 700): SourceAnswer => ({
  state: 'found',
  digest,
  id: pauseId,
  bytes,
  parts: [{ digest: pauseId, bytes }],
});

test('without its remedy nothing is planned, and no node is asked', () => {
  const evidence = fixture([needy, healthy]);
  const input = { evidence, findings: diagnose(evidence) };
  expect(plan(input)).toMatchObject({ actions: [], refused: [{ key: 'refused.restore-opt-in' }] });
  expect(sourceQuestions(input)).toEqual([]);
});

describe('what is planned', () => {
  test('a name more, where the node has the image under another one', () => {
    const evidence = fixture({ images: without(/ registry\.k8s\.io\/pause:/) });
    const [finding] = diagnose(evidence).filter(({ rule }) => rule === 'sandbox-image-missing');
    // No other node says which image it has to be.
    expect(planned(evidence).actions).toEqual([]);
    const { actions } = planned(fixture([{ images: without(/ registry\.k8s\.io\/pause:/) }, healthy]));
    expect(actions).toMatchObject([
      {
        kind: 'image',
        node: 'worker-1',
        image: pause,
        bytes: 0,
        was: '',
        cures: [finding?.fingerprint],
        source: { from: 'node' },
        why: { key: 'why.restore.digest' },
      },
    ]);
  });

  test('by its digest from a registry that the node reaches, else from another node', () => {
    const evidence = fixture([needy, healthy]);
    const [action] = planned(evidence, { answers: { [pause]: found(pauseDigest) } }).actions;
    expect(action).toMatchObject({
      digest: pauseDigest,
      configuration: pauseId,
      platform: 'linux/amd64',
      bytes: 700,
      room: { path: '/var/lib/containerd', needed: 2800, keepFree: 65_536_000 },
      source: {
        from: 'registry',
        reference: `registry.k8s.io/pause@${pauseDigest}`,
        hosts: 'runtime',
        parts: [{ digest: pauseId, bytes: 700 }],
      },
    });
    expect(planned(evidence).actions).toMatchObject([
      { source: { from: 'archive', of: { node: 'worker-2' } }, bytes: 1_997_189 },
    ]);
  });

  test('of a manifest with more layers than an image can have, its plan does not hold them', () => {
    const parts = Array.from({ length: 5000 }, (_, at) => ({
      digest: `sha256:${String(at).padStart(64, '0')}`,
      bytes: 1,
    }));
    const answer = { ...found(pauseDigest), parts } as SourceAnswer;
    const [action] = planned(fixture([needy, healthy]), { answers: { [pause]: answer } }).actions;
    expect(action).toMatchObject({ source: { from: 'registry' } });
    expect(JSON.stringify(action)).not.toContain('parts');
  });

  test('with the user whose login the node got it with; the password is nowhere', () => {
    const answer = { ...found(pauseDigest), user: 'robot' } as SourceAnswer;
    const { actions } = planned(fixture([needy, healthy]), { answers: { [pause]: answer } });
    const login = { user: 'robot', hosts: ['registry.k8s.io'] };
    expect(actions).toMatchObject([{ source: { from: 'registry', login } }]);
    for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  });

  test.each<[string, string, readonly string[], boolean]>([
    ['the registry alone', '', ['registry.k8s.io'], false],
    [
      'its mirrors, too',
      'server = "https://registry.k8s.io"\n[host."http://mirror.example:5000"]\n[host."https://push.example"]\ncapabilities = ["push"]\n',
      ['mirror.example:5000', 'registry.k8s.io'],
      false,
    ],
    ['a mirror instead of it', 'server = "https://mirror.example/v2/k8s"\n', ['mirror.example'], false],
    ['who knows whom', 'server = [\n', ['registry.k8s.io'], true],
    ['a mirror that is no host', '[host."https://"]\n', ['registry.k8s.io'], true],
  ])('the login of a pull goes to %s', (_to, toml, hosts, further) => {
    const folder = '/etc/containerd/certs.d/registry.k8s.io';
    const lines =
      toml === '' ? '' : `host ${folder}\ntext ${toml.split('\n').length - 1} ${folder}/hosts.toml\n${toml}`;
    const answer = { ...found(pauseDigest), user: 'robot' } as SourceAnswer;
    const evidence = fixture([{ ...needy, configuration: (text) => `${text}${lines}` }, healthy]);
    const { actions } = planned(evidence, { answers: { [pause]: answer } });
    const login = { user: 'robot', hosts, ...(further ? { further: true } : {}) };
    expect(actions).toMatchObject([{ source: { from: 'registry', login } }]);
    for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  });

  test('a copy that was packed again, under the digest that it has', () => {
    expect(planned(fixture([needy, healthy]), { answers: { [pause]: found(againDigest) } }).actions).toMatchObject([
      { digest: againDigest, source: { reference: `registry.k8s.io/pause@${againDigest}` } },
    ]);
  });

  test('docker and containerd give to each other; what docker gives is read first, and then not again', () => {
    const docker: FixtureNode = { name: 'worker-3', runtime: 'docker-20.10.24' };
    const given = planned(fixture([{ ...docker, images: withoutPauseAtAll }, healthy]));
    expect(given.actions).toMatchObject([
      {
        node: 'worker-3',
        runtime: 'docker',
        configuration: pauseId,
        digest: pauseDigest,
        source: { from: 'archive', of: { node: 'worker-2', runtime: 'containerd' } },
      },
    ]);

    const evidence = fixture([needy, docker]);
    const input = { evidence, findings: diagnose(evidence), remedies: new Set([restoreRemedy]) };
    const question = { node: 'worker-3', id: pauseId, platform: 'linux/amd64' };
    expect(savedQuestions(input)).toEqual([question]);
    expect(savedQuestions({ ...input, remedies: new Set() })).toEqual([]);
    const sources = (answer: SavedAnswer): NonNullable<Parameters<typeof plan>[0]['sources']> => ({
      settings: { names: [], plainHttp: [] },
      answers: new Map(),
      saved: new Map([[savedKey(question), answer]]),
    });
    const digest = `sha256:${'5'.repeat(64)}`;
    const saved = sources({ state: 'saved', digest, id: pauseId, bytes: 100 });
    expect(savedQuestions({ ...input, sources: saved })).toEqual([]);
    const { actions } = plan({ ...input, sources: saved });
    expect(actions).toMatchObject([
      {
        node: 'worker-1',
        digest,
        bytes: 100,
        configuration: pauseId,
        source: { from: 'archive', of: { node: 'worker-3', runtime: 'docker' } },
        why: { key: 'why.restore.id' },
      },
    ]);
    const failed = sources({ state: 'unknown', reason: 'unreachable', detail: 'no route' });
    expect(refusals(plan({ ...input, sources: failed }))).toContain('refused.source-unknown');
    for (const { partOf: _, ...action } of [...actions, ...given.actions])
      expect(actionSchema.parse(action)).toEqual(action);
  });

  test('a name more on a docker that knows the image by its id alone', () => {
    // Nothing of it was pulled: docker has no digest of it.
    const onlyLoaded = without(/ (?:mirror\.test\/box|localhost\/box|registry\.k8s\.io\/pause):/);
    const { actions, refused } = planned(
      fixture([{ name: 'worker-3', runtime: 'docker-20.10.24', images: onlyLoaded }, healthy]),
    );
    expect([actions, refused]).toMatchObject([
      [{ runtime: 'docker', bytes: 0, digest: pauseId, source: { from: 'node', name: 'docker.io/library/box:1' } }],
      [],
    ]);
    for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  });

  test('from a file that was carried in, where nothing before it has the image', () => {
    const file = { file: '/media/base.tar', sha256: 'f'.repeat(64) };
    const evidence = fixture([needy, { ...healthy, images: (text) => text.replaceAll(/^blob .*$/gmu, '') }]);
    const carried = [{ names: [pause], digest: againDigest, id: pauseId, platform: 'linux/amd64', bytes: 50, ...file }];
    const { actions } = plan({
      evidence,
      findings: diagnose(evidence),
      remedies: new Set([restoreRemedy]),
      inputs: { [restoreRemedy]: { accepted: new Set([againDigest]), from: new Set(['archive']) } },
      sources: { settings: { names: [], plainHttp: [], carried }, answers: new Map() },
    });
    expect(actions).toMatchObject([{ digest: againDigest, bytes: 50, source: { from: 'archive', of: file } }]);
    for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  });

  test('is a plan’s action, each image a change of its own, what no pod starts without first', () => {
    const uses = [daemonSet(proxy)];
    const node = { name: 'worker-1', images: (text: string) => withoutProxy(withoutBox(text)) };
    const { actions } = planned(fixture([node, healthy], { uses, waiting: uses.map(waitingFor) }));
    expect(actions.map((action) => 'image' in action && action.image)).toEqual([pause, proxy]);
    expect(new Set(actions.map(({ partOf }) => partOf)).size).toBe(2);
    for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  });

  test('only what was named', () => {
    const node = { name: 'worker-1', images: (text: string) => withoutProxy(withoutBox(text)) };
    const evidence = fixture([node, healthy], { uses: [daemonSet(proxy)] });
    const { actions } = planned(evidence, { restore: { accepted, images: new Set([proxy]) } });
    expect(actions.map((action) => 'image' in action && action.image)).toEqual([proxy]);
    const only = planned(evidence, { restore: { accepted, from: new Set(['node']) } });
    expect(only.actions).toEqual([]);
    expect(refusals(only)).toContain('refused.restore-no-source');
  });

  test('nodes do not all draw on the same one', () => {
    const nodes = ['a', 'b', 'c', 'd'].map((name) => ({ name, images: withoutBox }));
    const donors = ['x', 'y'].map((name) => ({ name }));
    const { actions } = planned(fixture([...nodes, ...donors]));
    const from = actions.flatMap((action) => ('source' in action ? JSON.stringify(action.source) : []));
    expect(from).toHaveLength(4);
    expect(new Set(from).size).toBe(2);
  });
});

describe('what is not, and why', () => {
  test('nobody knows which image it has to be: its digest is shown, and taken when it is accepted', () => {
    const evidence = fixture({ images: withoutBox });
    const answers = { [pause]: found(pauseDigest) };
    const { refused } = planned(evidence, { answers });
    expect(refused).toContainEqual(
      expect.objectContaining({
        key: 'refused.source-unproven',
        params: { image: pause, source: pause, digest: pauseDigest },
      }),
    );
    expect(planned(evidence, { answers, restore: { accepted: new Set([pauseDigest]) } }).actions).toMatchObject([
      { digest: pauseDigest, why: { key: 'why.restore.accepted' } },
    ]);
  });

  test('a registry that has another one, that has none, that says nothing', () => {
    const other = `sha256:${'9'.repeat(64)}`;
    const only = { from: new Set(['runtime'] as const), accepted };
    const evidence = fixture([needy, healthy]);
    const answers: readonly (readonly [SourceAnswer, string])[] = [
      [{ state: 'found', digest: other, id: other, bytes: 1, parts: [] }, 'refused.source-other'],
      [{ state: 'absent' }, 'refused.source-absent'],
      [{ state: 'denied' }, 'refused.source-denied'],
      [{ state: 'other-platform' }, 'refused.source-other-platform'],
      [{ state: 'unknown', reason: 'unreachable', detail: 'no route' }, 'refused.source-unknown'],
    ];
    for (const [answer, key] of answers) {
      const made = planned(evidence, { restore: only, answers: { [pause]: answer } });
      expect(made.actions).toEqual([]);
      expect(refusals(made)).toEqual(['refused.restore-no-source', key]);
    }
    expect(refusals(planned(evidence, { restore: only }))).toContain('refused.source-not-asked');
    // No sentence in one language within a sentence in another, and no node's name beside the node.
    const problem = 'worker-1: failed to do request: dial tcp: i/o timeout';
    const away = new NodemendError('REGISTRY_UNREACHABLE', {
      host: 'registry.k8s.io',
      seconds: 10,
      problem,
      context: '',
    });
    expect(planned(evidence, { restore: only, answers: { [pause]: unknownOf(away) } }).refused).toContainEqual(
      expect.objectContaining({
        key: 'refused.source-unknown',
        params: { image: pause, source: pause, detail: 'failed to do request: dial tcp: i/o timeout' },
      }),
    );
  });

  test('no room: the arithmetic, and what else could make some', () => {
    const node = { ...needy, images: (text: string) => nothingRuns(withoutBox(text)) };
    // Of 100,000 blocks of 4 KiB 17 percent are free, and 16 have to stay so.
    const full = planned(fixture([{ ...node, used: 83 }, healthy]), { answers: { [pause]: found(pauseDigest, 4e6) } });
    expect(full).toMatchObject({
      actions: [],
      refused: [
        { key: 'refused.restore-room.dead', params: { neededBytes: 16e6, freeBytes: 4_096_000, deadCount: 3 } },
      ],
    });
    const bare = {
      ...node,
      used: 83,
      images: (text: string) => text.replaceAll(/^(?:record|manifest|child) .*\n/gmu, ''),
    };
    expect(planned(fixture([bare, healthy]), { answers: { [pause]: found(pauseDigest, 4e6) } }).refused).toMatchObject([
      { key: 'refused.restore-room.none-dead', params: { deadCount: 0 } },
    ]);
  });

  test('what comes as an archive takes its room as well, until it was imported', () => {
    // Of the image 1,997,189 bytes come, four times that is what it takes, and 8,192,000 are left.
    const images = (text: string): string => nothingRuns(withoutBox(text));
    const evidence = fixture([{ ...needy, images, used: 82 }, healthy]);
    expect(planned(evidence, { answers: { [pause]: found(pauseDigest, 1_997_189) } }).actions).toMatchObject([
      { source: { from: 'registry' }, room: { needed: 7_988_756 } },
    ]);
    const params = { transferBytes: 1_997_189, neededBytes: 9_985_945, freeBytes: 8_192_000 };
    const refused = { actions: [], refused: [{ key: 'refused.restore-archive-room.dead', params }] };
    expect(planned(evidence)).toMatchObject(refused);

    const docker: FixtureNode = { ...needy, runtime: 'docker-20.10.24', images: withoutPauseAtAll };
    expect(planned(fixture([{ ...docker, used: 82 }, healthy]))).toMatchObject(refused);
    expect(planned(fixture([{ ...docker, used: 81 }, healthy])).actions).toMatchObject([{ runtime: 'docker' }]);

    const file = { file: '/media/base.tar', sha256: 'f'.repeat(64) };
    const carried = [
      { names: [pause], digest: pauseDigest, id: pauseId, platform: 'linux/amd64', bytes: 1_997_189, ...file },
    ];
    const input = {
      evidence,
      findings: diagnose(evidence),
      remedies: new Set([restoreRemedy]),
      inputs: { [restoreRemedy]: { accepted, from: new Set(['archive'] as const) } },
      sources: { settings: { names: [], plainHttp: [], carried }, answers: new Map() },
    };
    expect(plan(input)).toMatchObject(refused);
  });

  test('an archive that lies on another disk than the images takes none of theirs', () => {
    const evidence = fixture([{ ...needy, used: 82, others: 'another-disk' }, healthy]);
    expect(planned(evidence).actions).toMatchObject([{ source: { from: 'archive' }, room: { needed: 7_988_756 } }]);
    const bare: FixtureNode = { ...needy, used: 82, others: 'same-disk' };
    expect(refusals(planned(fixture([bare, healthy])))).toEqual([expect.stringContaining('restore-archive-room')]);
  });

  test('an archive that has no room on another disk, and files for which no inodes are left, do not come', () => {
    const full: FixtureNode = { ...needy, others: { blocks: 5487, path: '/var/lib' } };
    // 1,997,189 bytes are 488 blocks; 5,000 have to stay free.
    expect(planned(fixture([full, healthy]))).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.restore-room-elsewhere', params: { transferBytes: 1_997_189, freeBytes: 487 * 4096 } }],
    });
    const roomy: FixtureNode = { ...needy, others: { blocks: 5488, path: '/var/lib' } };
    expect(planned(fixture([roomy, healthy])).actions).toMatchObject([{ room: { archiveKeepFree: 20_480_000 } }]);
    // Nothing of it comes as an archive.
    expect(planned(fixture([full, healthy]), { answers: { [pause]: found(pauseDigest, 1e6) } }).actions).toMatchObject([
      { source: { from: 'registry' } },
    ]);

    const few: FixtureNode = { ...needy, freeInodes: 250 + 487 };
    expect(planned(fixture([few, healthy]))).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.restore-room-inodes', params: { neededInodes: 488, freeInodes: 487 } }],
    });
    expect(planned(fixture([{ ...needy, freeInodes: 250 + 488 }, healthy])).actions).toMatchObject([
      { room: { inodes: { needed: 488, keepFree: 250 } } },
    ]);
  });

  test('of several images as many as there is room for', () => {
    const uses = [daemonSet(proxy)];
    const images = (text: string): string => withoutProxy(withoutBox(text));
    const evidence = fixture([{ name: 'worker-1', images, used: 81 }, healthy], { uses });
    const made = planned(evidence, { answers: { [pause]: found(pauseDigest, 3e6) } });
    expect(made.actions.map((action) => 'image' in action && action.image)).toEqual([pause]);
    expect(made.refused).toMatchObject([{ key: 'refused.restore-archive-room.dead', params: { image: proxy } }]);
  });

  test('a room, or a threshold, that nobody knows is none', () => {
    expect(refusals(planned(fixture([{ ...needy, used: 'unknown' }, healthy])))).toEqual([
      'refused.restore-room-unknown.room',
    ]);
    expect(refusals(planned(fixture([{ ...needy, kubelet: 'timed-out' }, healthy])))).toEqual([
      'refused.restore-room-unknown.policy',
    ]);
  });

  test('pods that ask their registry whatever is there', () => {
    const uses = [daemonSet(proxy, { pullPolicy: 'Always' })];
    const evidence = fixture([{ name: 'worker-1', images: withoutProxy }, healthy], { uses });
    expect(refusals(planned(evidence))).toEqual(['refused.restore-always']);
  });

  test('a name that stands for another image is not moved', () => {
    const half = `sha256:${'0'.repeat(64)}`;
    const images = (text: string): string =>
      `${text.replace(/^record \S+ (.*pause:3\.6)$/m, `record ${half} $1`)}absent ${half}\n`;
    const evidence = fixture([{ name: 'worker-1', images }, healthy]);
    const restore = { accepted: new Set([pauseDigest]) };
    expect(refusals(planned(evidence, { restore }))).toEqual([
      'refused.restore-no-source',
      'refused.source-not-asked',
      'refused.source-taken',
    ]);
  });
});

test('each node is asked for what it lacks, of its own platform, with the folder of its runtime', () => {
  const evidence = fixture([needy, healthy, { name: 'worker-3', runtime: 'docker-20.10.24', images: withoutBox }]);
  const questions = sourceQuestions({
    evidence,
    findings: diagnose(evidence),
    remedies: new Set([restoreRemedy]),
    sources: {
      settings: { names: [{ from: 'registry.k8s.io', to: 'm.example/k8s' }], plainHttp: ['m.example'] },
      answers: new Map(),
    },
  });
  expect(questions).toMatchObject([
    { node: 'worker-1', runtime: 'containerd', platform: 'linux/amd64', reference: pause, hosts: 'runtime' },
    { node: 'worker-1', reference: 'm.example/k8s/pause:3.6', hosts: 'plain-http' },
    { node: 'worker-3', runtime: 'docker', reference: pause, hostsFolder: undefined },
    { node: 'worker-3', reference: 'm.example/k8s/pause:3.6' },
  ]);
});

test('the old tables of containerd 1.x are places of their own; what is said of a login never has it', () => {
  const table = `[plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.k8s.io"]
endpoint = ["http://plain.example:5000", "https://mirror.example/v2/k8s", "https://odd.example/api"]
[plugins."io.containerd.grpc.v1.cri".registry.configs."mirror.example".tls]
ca_file = "/etc/mirror.crt"
[plugins."io.containerd.grpc.v1.cri".registry.configs."mirror.example".auth]
password = "***"
`;
  const configuration = (text: string): string =>
    text
      .replace('config_path = "/etc/containerd/certs.d"\n', table)
      .replace('text 5 ', `text ${4 + table.split('\n').length - 1} `);
  const evidence = fixture([{ ...needy, configuration }, healthy]);
  const questions = sourceQuestions({ evidence, findings: diagnose(evidence), remedies: new Set([restoreRemedy]) });
  const [plain, mirror] = ['plain.example:5000/pause:3.6', 'mirror.example/k8s/pause:3.6'];
  expect(questions.map(({ reference, hosts, tls }) => [reference, hosts, tls])).toEqual([
    [plain, 'plain-http', undefined],
    [mirror, 'runtime', { ca: '/etc/mirror.crt' }],
    [pause, 'runtime', undefined],
  ]);
  const { actions } = planned(evidence, { answers: { [plain]: { state: 'absent' }, [mirror]: found(pauseDigest) } });
  expect(actions).toMatchObject([
    { source: { reference: `mirror.example/k8s/pause@${pauseDigest}`, tls: { ca: '/etc/mirror.crt' } } },
  ]);
  for (const { partOf: _, ...action } of actions) expect(actionSchema.parse(action)).toEqual(action);
  const only = { accepted, from: new Set(['runtime'] as const) };
  const denied = planned(evidence, { restore: only, answers: { [mirror]: { state: 'denied' } } });
  expect(refusals(denied)).toContain('refused.source-cri-login');
  expect(denied.refused).toContainEqual(
    expect.objectContaining({ params: expect.objectContaining({ detail: 'ctr has no way to /api' }) }),
  );
});

test('what is not a digest is not accepted', () => {
  const read = (digest: string) => () => inputs[restoreRemedy].read({ 'accept-digest': [digest] }, 'plan');
  expect(read(pauseDigest)()).toEqual({ accepted: new Set([pauseDigest]) });
  expect(read('latest')).toThrow(
    expect.objectContaining({ code: 'USAGE', params: expect.objectContaining({ context: 'digest' }) }),
  );
});
