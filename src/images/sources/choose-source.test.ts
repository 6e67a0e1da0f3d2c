import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeImage, NodeImages } from '../node-images.ts';
import { registryCandidates, type RegistryCandidate, type SourceSettings } from './candidates.ts';
import { chooseSource, type Wanted } from './choose-source.ts';
import { knownImage, type NodeStore } from './known-image.ts';
import type { SourceAnswer } from './source-answer.ts';

const digest = (character: string): string => `sha256:${character.repeat(64)}`;
const pause = 'registry.k8s.io/pause:3.6';
const mirrored = 'mirror.example/base/pause:3.6';

type Name = readonly [name: string, digest: string, content?: NodeImage['names'][number]['content']];

function image(id: string, names: readonly Name[]): NodeImage {
  return {
    id: digest(id),
    names: names.map(([name, of, content = 'whole']) => ({ name, digest: digest(of), content })),
    bytes: 1000,
    pins: [],
    marks: [],
    use: 'none-running',
  };
}

function store(node: string, images: readonly NodeImage[], change: Partial<NodeImages> = {}): NodeStore {
  return { node, images: { runtime: 'containerd', platform: 'linux/amd64', images, odd: 0, downloads: [], ...change } };
}

const none: SourceSettings = { names: [], plainHttp: [] };
const found = (of: string, id: string): SourceAnswer => ({
  state: 'found',
  digest: digest(of),
  id: digest(id),
  bytes: 700,
  parts: [{ digest: digest(id), bytes: 700 }],
});

interface Case {
  readonly name?: string;
  readonly own?: readonly NodeImage[];
  readonly others?: readonly NodeStore[];
  readonly settings?: SourceSettings;
  readonly answers?: Readonly<Record<string, SourceAnswer>>;
  readonly accepted?: readonly string[];
  readonly allowed?: Wanted['allowed'];
  readonly runtime?: NodeImages['runtime'];
  readonly carried?: Wanted['carried'];
  readonly saved?: Wanted['saved'];
}

function choice({ name = pause, own = [], others = [], settings = none, answers = {}, accepted = [], ...more }: Case) {
  const { allowed, runtime = 'containerd', carried, saved } = more;
  const needy = store('worker-1', own, { runtime });
  return chooseSource({
    name,
    known: knownImage(name, 'linux/amd64', [needy, ...others]),
    own: needy,
    others: [needy, ...others],
    turn: 0,
    candidates: registryCandidates(name, settings, { server: undefined, isNks: false }),
    answers: new Map(Object.entries(answers)),
    accepted: new Set(accepted.map(digest)),
    allowed,
    carried,
    saved,
  });
}

const healthy = store('worker-2', [image('a', [[pause, '1']])]);
const settings: SourceSettings = { names: [{ from: 'registry.k8s.io', to: 'mirror.example/base' }], plainHttp: [] };

describe('in their order', () => {
  test('the node itself first, under another name of the same image', () => {
    const again = [image('a', [[mirrored, '2', 'without-layers']])];
    expect(choice({ own: again, others: [healthy], answers: { [pause]: found('1', 'a') } }).chosen).toMatchObject({
      source: { kind: 'node', name: mirrored },
      digest: digest('2'),
      bytes: 0,
    });
  });

  test('the way of its runtime, then another node, then registries that somebody named', () => {
    const answers = { [pause]: found('1', 'a'), [mirrored]: found('1', 'a') };
    const kinds = [
      choice({ others: [healthy], answers, settings }),
      choice({ others: [healthy], answers: { ...answers, [pause]: { state: 'absent' } }, settings }),
      choice({
        others: [healthy],
        answers: { [mirrored]: found('1', 'a') },
        settings,
        allowed: new Set(['configuration']),
      }),
    ].map(({ chosen }) => chosen?.source.kind);
    expect(kinds).toEqual(['runtime', 'other-node', 'configuration']);
  });

  test('what was looked at before is said', () => {
    const { declined } = choice({
      others: [healthy],
      answers: { [pause]: { state: 'unknown', reason: 'unreachable', detail: 'no route to host' } },
    });
    expect(declined).toEqual([
      { named: pause, kind: 'runtime', why: { state: 'unknown', detail: 'no route to host' } },
    ]);
  });
});

describe('which image is right', () => {
  test('another one under the same name is not, whatever a person accepts', () => {
    const { chosen, declined } = choice({
      others: [store('worker-2', [image('a', [[pause, '1', 'without-layers']])])],
      answers: { [pause]: found('9', 'b') },
      accepted: ['9'],
    });
    expect(chosen).toBeUndefined();
    expect(declined).toContainEqual({ named: pause, kind: 'runtime', why: { state: 'other', digest: digest('9') } });
  });

  test('the same configuration under another manifest is, for a tag', () => {
    const at = { answers: { [pause]: found('9', 'a') }, allowed: new Set(['runtime'] as const) };
    expect(choice({ ...at, others: [healthy] }).chosen).toMatchObject({ digest: digest('9'), by: 'id' });
  });

  test('and is not for a name with a digest, which says another one', () => {
    const name = `registry.k8s.io/pause@${digest('1')}`;
    const others = [store('worker-2', [image('a', [[name, '1', 'without-layers']])])];
    const { chosen, declined } = choice({ name, others, answers: { [name]: found('9', 'a') } });
    expect(chosen).toBeUndefined();
    expect(declined).toContainEqual({
      named: name,
      kind: 'runtime',
      why: { state: 'other-digest', digest: digest('9') },
    });
    expect(choice({ name, answers: { [name]: found('1', 'a') } }).chosen?.by).toBe('digest');
  });

  test('where nobody knows, the digest is shown, and taken when a person accepts it', () => {
    const at = { answers: { [pause]: found('9', 'b') } };
    expect(choice(at).declined).toEqual([
      { named: pause, kind: 'runtime', why: { state: 'unproven', digest: digest('9') } },
    ]);
    expect(choice({ ...at, accepted: ['9'] }).chosen).toMatchObject({ by: 'accepted', digest: digest('9') });
    expect(choice({ ...at, accepted: ['8'] }).chosen).toBeUndefined();
  });

  test('two nodes that disagree know nothing: each of the two can be accepted', () => {
    const others = [healthy, store('worker-3', [image('b', [[pause, '2']])])];
    const { chosen, declined } = choice({ others, answers: { [pause]: found('1', 'a') } });
    expect(chosen).toBeUndefined();
    expect(declined.map(({ named, why }) => [named, why.state])).toEqual([
      [pause, 'unproven'],
      ['worker-2', 'unproven'],
      ['worker-3', 'unproven'],
    ]);
    expect(choice({ others, accepted: ['2'] }).chosen).toMatchObject({ source: { node: 'worker-3' }, by: 'accepted' });
  });

  test('what the node lost the content of still says which it was', () => {
    const own = [{ ...image('a', [[pause, '1', 'half']]), id: undefined, bytes: undefined }];
    expect(choice({ own, answers: { [pause]: found('1', 'a') } }).chosen).toMatchObject({ by: 'digest' });
    expect(choice({ own, answers: { [pause]: found('2', 'b') } }).chosen).toBeUndefined();
  });

  test('a name that is shared, or of a registry that was given up, is never accepted on its word', () => {
    const detector = 'registry.k8s.io/node-problem-detector:v0.8.10';
    const nks = 'reg.example/container_service';
    const at = `${nks}/node-problem-detector:v0.8.10`;
    const given = { name: detector, settings: { ...none, nksRegistryUrl: nks }, answers: { [at]: found('9', 'b') } };
    expect(choice({ ...given, accepted: ['9'] })).toMatchObject({ chosen: undefined });
    expect(choice(given).declined).toContainEqual({ named: at, kind: 'nks-registry', why: { state: 'ambiguous' } });
    const others = [store('worker-2', [image('b', [[detector, '9', 'without-layers']])])];
    expect(choice({ ...given, others }).chosen).toMatchObject({ source: { reference: at }, by: 'digest' });
  });
});

/** As docker has what it loaded. */
function loaded(id: string, ...names: readonly string[]): NodeImage {
  return { ...image(id, []), names: names.map((name) => ({ name, digest: undefined, content: 'whole' })) };
}

describe('a node with docker', () => {
  const docker = (node: string, ...images: readonly NodeImage[]): NodeStore =>
    store(node, images, { runtime: 'docker' });

  test('has the image under another name, which its id tells: it is given the name, and nothing comes', () => {
    const given = { runtime: 'docker', own: [loaded('a', 'carried.example/box:1')] } as const;
    const { chosen, declined } = choice({ ...given, others: [healthy] });
    expect([chosen, declined]).toMatchObject([
      { source: { kind: 'node', name: 'carried.example/box:1' }, digest: digest('a'), bytes: 0, by: 'id' },
      [],
    ]);
    const other = { runtime: 'docker', own: [loaded('b', 'carried.example/box:1')] } as const;
    expect(choice({ ...other, others: [healthy] }).chosen?.source.kind).toBe('other-node');
    // Nobody knows which image it has to be.
    expect(choice(given).chosen).toBeUndefined();
  });

  test('gets it from one with containerd, and from one with docker', () => {
    const needy = { runtime: 'docker', allowed: new Set(['other-node' as const]) } as const;
    expect(choice({ ...needy, others: [healthy] }).chosen).toMatchObject({
      source: { node: 'worker-2', runtime: 'containerd' },
      digest: digest('1'),
      id: digest('a'),
    });
    expect(choice({ ...needy, others: [healthy, docker('worker-3', loaded('a', pause))] }).chosen).toMatchObject({
      source: { node: 'worker-3', runtime: 'docker' },
      by: 'id',
    });
  });

  test('has no name with a digest but what it pulls under it: a later source is looked at', () => {
    const name = `registry.k8s.io/pause@${digest('1')}`;
    const needy = { name, runtime: 'docker', own: [image('a', [[mirrored, '1']])] } as const;
    expect(choice({ ...needy, answers: { [name]: found('1', 'a') } })).toMatchObject({
      chosen: { source: { kind: 'runtime', reference: name } },
      declined: [{ named: mirrored, why: { state: 'docker-name' } }],
    });
  });

  test('gives to containerd what it is once it was saved; only what is right is read', () => {
    const donor = docker('worker-2', loaded('a', pause));
    const asked = choice({ others: [donor] });
    expect(asked.chosen).toBeUndefined();
    expect(asked.declined).toContainEqual({
      named: 'worker-2',
      kind: 'other-node',
      why: { state: 'not-saved', id: digest('a') },
    });
    const saved: Wanted['saved'] = new Map([
      [`worker-2 ${digest('a')}`, { state: 'saved', digest: digest('5'), id: digest('a'), bytes: 30 }],
    ]);
    expect(choice({ others: [donor], saved }).chosen).toMatchObject({
      source: { kind: 'other-node', node: 'worker-2', runtime: 'docker' },
      digest: digest('5'),
      bytes: 30,
      by: 'id',
    });
    // Under its new digest it is not what a name with a digest says.
    const name = `registry.k8s.io/pause@${digest('1')}`;
    const same = [donor, store('worker-3', [image('a', [[name, '1', 'without-layers']])])];
    expect(choice({ name, others: same, saved }).declined).toContainEqual({
      named: 'worker-2',
      kind: 'other-node',
      why: { state: 'other-digest', digest: digest('5') },
    });
    // Two that disagree: the id is shown, which a person can compare, and nothing is read for it.
    const others = [donor, docker('worker-3', loaded('b', pause))];
    expect(choice({ others, saved }).declined).toContainEqual({
      named: 'worker-2',
      kind: 'other-node',
      why: { state: 'unproven', digest: digest('a') },
    });
    expect(choice({ others, saved, accepted: ['a'] }).chosen).toMatchObject({ digest: digest('5'), by: 'accepted' });
  });

  test('gives nothing where containerd has the same image, which keeps its digest', () => {
    expect(
      choice({ others: [docker('worker-2', loaded('a', pause)), { ...healthy, node: 'worker-3' }] }).chosen,
    ).toMatchObject({ source: { node: 'worker-3' }, by: 'digest' });
  });
});

describe('a file that was carried in', () => {
  const file = { file: '/media/base.tar', sha256: 'f'.repeat(64) };
  type Carried = NonNullable<Wanted['carried']>[number];
  const carried = (of: string, id: string, change: Partial<Carried> = {}): Carried => ({
    names: [pause],
    digest: digest(of),
    id: digest(id),
    platform: 'linux/amd64',
    bytes: 50,
    ...file,
    ...change,
  });

  test('is what is left behind all that somebody named, and before the registry that was withdrawn', () => {
    const nodes = [store('worker-2', [image('a', [[pause, '1', 'without-layers']])])];
    const kinds = (answers: NonNullable<Case['answers']>): string | undefined =>
      choice({ others: nodes, carried: [carried('1', 'a')], settings, answers }).chosen?.source.kind;
    expect([kinds({ [mirrored]: found('1', 'a') }), kinds({})]).toEqual(['configuration', 'archive']);
    const guide = 'harbor-kr1.cloud.toastoven.net/container_service/pause:3.6';
    const { chosen } = chooseSource({
      name: pause,
      known: knownImage(pause, 'linux/amd64', nodes),
      own: store('worker-1', []),
      others: [],
      turn: 0,
      candidates: registryCandidates(pause, none, { server: undefined, isNks: true }),
      answers: new Map([[guide, found('1', 'a')]]),
      carried: [carried('1', 'a')],
      accepted: new Set(),
    });
    expect(chosen?.source).toEqual({ kind: 'archive', ...file });
  });

  test('is judged by what it has, whatever it calls that', () => {
    const others = [store('worker-2', [image('a', [[pause, '1', 'without-layers']])])];
    const named = (ones: readonly Carried[]): ReturnType<typeof choice> => choice({ others, carried: ones });
    const elsewhere = carried('1', 'a', { names: ['carried.example/box:1'] });
    expect(named([carried('9', 'b'), elsewhere]).chosen).toMatchObject({
      digest: digest('1'),
      by: 'digest',
      bytes: 50,
    });
    expect(named([carried('9', 'a')]).chosen).toMatchObject({ digest: digest('9'), by: 'id' });
    const declined = [
      named([carried('9', 'b')]),
      named([carried('9', 'b', { names: ['other.example/box:1'] })]),
      named([carried('1', 'a', { platform: 'linux/arm64' })]),
    ].map((one) => one.declined.at(-1)?.why.state);
    expect(declined).toEqual(['other', 'absent', 'other-platform']);
  });

  test('under a name with a digest only what has that digest is', () => {
    const name = `registry.k8s.io/pause@${digest('1')}`;
    const others = [store('worker-2', [image('a', [[name, '1', 'without-layers']])])];
    expect(choice({ name, others, carried: [carried('9', 'a')] }).declined.at(-1)?.why).toEqual({
      state: 'other-digest',
      digest: digest('9'),
    });
    expect(choice({ name, others, carried: [carried('1', 'a')] }).chosen?.by).toBe('digest');
  });

  test('where nobody knows which it has to be, its digest is shown, and taken when a person accepts it', () => {
    expect(choice({ carried: [carried('9', 'b')] }).declined.at(-1)?.why).toEqual({
      state: 'unproven',
      digest: digest('9'),
    });
    expect(choice({ carried: [carried('9', 'b')], accepted: ['9'] }).chosen).toMatchObject({ by: 'accepted' });
  });
});

describe('where it does not come from', () => {
  test.each<[string, NodeStore]>([
    ['a node of another platform', store('worker-2', healthy.images.images, { platform: 'linux/arm64' })],
    ['a node whose layers are unpacked and gone', store('worker-2', [image('a', [[pause, '1', 'without-layers']])])],
    ['a node that has half of it', store('worker-2', [image('a', [[pause, '1', 'half']])])],
  ])('%s', (_, other) => {
    expect(choice({ others: [other] }).chosen).toBeUndefined();
  });

  test('the node itself, of what it has only half', () => {
    expect(choice({ own: [image('a', [[mirrored, '1', 'half']])], others: [] }).chosen).toBeUndefined();
  });
});

test('whatever is answered, what is chosen was known, or accepted', () => {
  const some = fc.constantFrom('1', '2', '3');
  const content = fc.constantFrom('whole' as const, 'half' as const, 'without-layers' as const);
  const held = fc.array(
    fc.tuple(some, some, content).map(([id, of, is]) => image(id, [[pause, of, is]])),
    { maxLength: 1 },
  );
  fc.assert(
    fc.property(held, held, held, some, some, fc.array(some), (own, one, two, of, id, accepted) => {
      const others = [store('worker-2', one), store('worker-3', two)];
      const known = knownImage(pause, 'linux/amd64', [store('worker-1', own), ...others]);
      const { chosen } = choice({ own, others, answers: { [pause]: found(of, id) }, accepted });
      if (chosen === undefined) return;
      if (known.state === 'known')
        expect(known.digests.has(chosen.digest) || (known.id !== undefined && known.id === chosen.id)).toBe(true);
      else expect(accepted.map(digest)).toContain(chosen.digest);
    }),
  );
});

test('where images of the cluster come from already is asked before the region, after what the configuration says', () => {
  const [said, seen] = ['a-kr1-registry.container.nhncloud.com', 'private-b-kr1-registry.container.nhncloud.com'].map(
    (host) => `${host}/container_service`,
  );
  const cluster = { server: 'https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443', isNks: true };
  const all = registryCandidates(pause, { ...none, nksRegistryUrl: said }, { ...cluster, nksRegistries: [seen ?? ''] });
  expect(all.map(({ kind, reference }) => [kind, reference]).slice(0, 4)).toEqual([
    ['runtime', pause],
    ['nks-registry', `${said}/pause:3.6`],
    ['nks-registry', `${seen}/pause:3.6`],
    ['region', 'dfe965c3-kr1-registry.container.nhncloud.com/container_service/pause:3.6'],
  ]);
});

test('candidates in their order, each place once', () => {
  const all: readonly RegistryCandidate[] = registryCandidates(
    'k8s.gcr.io/pause:3.2',
    {
      nksRegistryUrl: 'https://dfe965c3-kr1-registry.container.nhncloud.com/container_service/',
      names: [{ from: 'registry.k8s.io/pause', to: 'mirror.example:5000/pause' }],
      plainHttp: ['mirror.example:5000'],
    },
    { server: 'https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443', isNks: true },
  );
  expect(all.map(({ kind, reference, hosts, needsDigest }) => [kind, reference, hosts, needsDigest])).toEqual([
    ['runtime', 'k8s.gcr.io/pause:3.2', 'runtime', false],
    ['runtime', 'registry.k8s.io/pause:3.2', 'runtime', false],
    ['nks-registry', 'dfe965c3-kr1-registry.container.nhncloud.com/container_service/pause:3.2', 'runtime', false],
    ['region', 'private-dfe965c3-kr1-registry.container.nhncloud.com/container_service/pause:3.2', 'runtime', false],
    ['configuration', 'mirror.example:5000/pause:3.2', 'plain-http', false],
    ['guide', 'harbor-kr1.cloud.toastoven.net/container_service/pause:3.2', 'runtime', true],
  ]);
});
