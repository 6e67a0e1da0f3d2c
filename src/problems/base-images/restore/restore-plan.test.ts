import { describe, expect, test } from 'vitest';
import { actionSchema } from '../../../actions/action-kinds.ts';
import { savedKey, type SavedAnswer } from '../../../images/sources/brought-source.ts';
import type { SourceAnswer } from '../../../images/sources/source-answer.ts';
import { diagnose } from '../diagnose.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import { inputs } from '../inputs.ts';
import { plan } from '../plan.ts';
import { daemonSet, fixture, waitingFor, without, type FixtureNode } from '../testing/fixture.ts';
import { savedQuestions } from './restore-choice.ts';
import { sourceQuestions } from './source-questions.ts';
import {
  pause,
  proxy,
  pauseDigest,
  againDigest,
  pauseId,
  withoutBox,
  withoutPauseAtAll,
  withoutProxy,
  needy,
  healthy,
  accepted,
  planned,
  refusals,
  found,
} from '../testing/restore-plans.ts';

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
