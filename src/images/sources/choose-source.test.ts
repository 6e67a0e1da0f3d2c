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
});

interface Case {
  readonly name?: string;
  readonly own?: readonly NodeImage[];
  readonly others?: readonly NodeStore[];
  readonly settings?: SourceSettings;
  readonly answers?: Readonly<Record<string, SourceAnswer>>;
  readonly accepted?: readonly string[];
  readonly allowed?: Wanted['allowed'];
}

function choice({ name = pause, own = [], others = [], settings = none, answers = {}, accepted = [], allowed }: Case) {
  const needy = store('worker-1', own);
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

describe('where it does not come from', () => {
  test.each<[string, NodeStore]>([
    ['a node of another platform', store('worker-2', healthy.images.images, { platform: 'linux/arm64' })],
    ['a node of another runtime', store('worker-2', healthy.images.images, { runtime: 'docker' })],
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
