import { describe, expect, it } from 'vitest';
import { serveFake, type ServedFake } from '../../../lab/api/testing/serve-fake.ts';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { resources } from '../../../lab/api/resources.ts';
import { run } from '../../../test/chroot/file-fixture.ts';
import { listClusterRuns } from '../../engine/history.ts';
import { clusterRecordSchema } from '../../engine/rollout/cluster-objects/cluster-record.ts';
import { createRecord, readRecord } from '../../engine/rollout/cluster-objects/record-store.ts';
import { recordPlace } from '../../engine/rollout/cluster-objects/run-record.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { languages } from '../../locales/language.ts';
import { createTranslator } from '../../locales/translator.ts';
import type { ClusterActionSpec } from '../cluster-action-kinds.ts';
import type { ClusterActionBase, ClusterActionContext, ClusterActionStep, ObjectState } from '../cluster-action.ts';
import { password, team, type ObjectFixture, type ObjectTestCase } from './object-fixture.ts';

type Fixture = ObjectFixture<ClusterActionBase>;
type TestCase = ObjectTestCase<ClusterActionBase>;

/**
 * What every kind of action on objects of the API promises, whatever it changes. The server is the practice cluster's
 * stand-in, which answers as recordings of a real one do; the real one is under test on the testbed.
 */
export function objectContract<Spec extends ClusterActionBase>(given: ObjectFixture<Spec>): void {
  // Whatever it changes: each spec goes back to the kind that it came from.
  const { kind, testCases } = given as unknown as Fixture;

  describe.each(Object.entries(testCases))('%s', (_name, testCase) => {
    const open = (): Promise<Bench> => openBench(kind, testCase);
    it('is what its preview says, is done once, and is undone', async () => wholeLife(await open()));
    it('is refused when somebody else was there since the plan, or since the run', async () => {
      await editedSincePlan(await open());
      await editedSinceRun(await open());
    });
    it('is known for what it is whichever request it dies at, and undone', async () => dying(await open(), 'undo'));
    it('is known for what it is whichever request it dies at, and finished', async () => dying(await open(), 'resume'));
    it('is undone by a second undo, whichever request the first one died at', async () => dyingUndo(await open()));
    it('has a record that is read beside one of another run that cannot be', async () => recorded(await open()));
  });
}

interface Server {
  readonly fake: ServedFake;
  readonly api: KubernetesApi;
}

class Bench {
  readonly server: Server;
  readonly kind: Fixture['kind'];
  readonly testCase: TestCase;
  readonly spec: ClusterActionBase;
  readonly before: string;
  readonly shownBefore: string;
  readonly preview: string;

  constructor(server: Server, kind: Fixture['kind'], testCase: TestCase, spec: ClusterActionBase) {
    this.server = server;
    this.kind = kind;
    this.testCase = testCase;
    this.spec = spec;
    this.before = this.dependencies();
    this.shownBefore = this.shown();
    this.preview = kind.preview(spec, (text) => text);
  }

  get api(): KubernetesApi {
    return this.server.api;
  }

  /** The same world, planned for again: objects may have another version by now. */
  async again(): Promise<Bench> {
    return new Bench(this.server, this.kind, this.testCase, await this.testCase.plan(this.api));
  }

  /** Every object, without what only the server writes: a Secret that is left behind is seen. */
  dependencies(): string {
    const objects = resources.flatMap((resource) => this.server.fake.store.list(resource, ''));
    return JSON.stringify(objects.map(bare), null, 1);
  }

  shown(): string {
    const { kind, namespace = '', name } = this.spec.object;
    const resource = resources.find((one) => one.kind === kind);
    const found = resource && this.server.fake.store.get(resource, namespace, name);
    return this.testCase.shown(found && 'object' in found ? found.object : undefined);
  }

  context(api = this.api): ClusterActionContext {
    return {
      api,
      run,
      redact: (text) => text,
      timing: systemTiming,
      patience: 'wait',
      signal: new AbortController().signal,
      secret: () => password,
    };
  }

  apply(api = this.api): Promise<readonly string[]> {
    return perform(this.kind.apply(this.spec), this.context(api));
  }

  undo(api = this.api): Promise<readonly string[]> {
    return perform(this.kind.undo(this.spec), this.context(api));
  }

  inspect(): Promise<ObjectState> {
    return this.kind.inspect(this.spec, this.context());
  }

  expectApplied(): void {
    expect(this.shown()).toBe(this.testCase.previewed(this.preview, this.shownBefore));
  }

  expectBefore(): void {
    expect(this.dependencies()).toBe(this.before);
  }
}

const serversOwn = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation']);

function bare({ metadata, ...rest }: KubeObject): object {
  const kept = Object.entries(metadata).filter(
    ([key, value]) => !serversOwn.has(key) && JSON.stringify(value) !== '{}',
  );
  return Object.fromEntries(
    Object.entries({ ...rest, metadata: Object.fromEntries(kept) }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function openBench(kind: Fixture['kind'], testCase: TestCase): Promise<Bench> {
  const namespaces = [team, 'nodemend', 'nodemend-runs'].map((name): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const fake = await serveFake([...namespaces, ...testCase.objects]);
  const api = fake.client('admin');
  return new Bench({ fake, api }, kind, testCase, await testCase.plan(api));
}

async function perform(steps: readonly ClusterActionStep[], context: ClusterActionContext): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const step of steps) {
    const result = await step.perform(context);
    outcomes.push(`${step.name} ${result.outcome}${result.outcome === 'refused' ? ` ${result.code}` : ''}`);
    if (result.outcome === 'refused' || result.outcome === 'rejected') break;
  }
  return outcomes;
}

async function wholeLife(bench: Bench): Promise<void> {
  const { kind, spec, testCase } = bench;
  expect(kind.schema.parse(spec)).toEqual(spec);
  expect(kind.conflictKeys(spec).length).toBeGreaterThan(0);
  expect(kind.isRecomputable(spec, [spec, ...(testCase.alongside ?? [])])).toBe(testCase.isOnlyKnownByPlan !== true);
  expect(await bench.inspect()).toBe('as-before');

  const steps = kind.apply(spec);
  const names = steps.map(({ name }) => name);
  expect(names[0]).toBe('prepare');
  expect(steps.filter(({ commits }) => commits)).toHaveLength(1);
  for (const language of languages) {
    const words = createTranslator(language, kind.texts[language]);
    expect(names.filter((name) => !['prepare', 'verify'].includes(name) && !words.has(`step.${name}`))).toEqual([]);
  }
  expect(await bench.apply()).toEqual(names.map((name) => `${name} done`));
  bench.expectApplied();
  expect(await bench.inspect()).toBe('applied');
  const after = bench.dependencies();
  // The engine asks first how far it got; whoever does not changes nothing anyway.
  expect((await bench.apply())[0]).toMatch(/^prepare (?:already|refused OBJECT_CHANGED_SINCE_PLAN)$/);
  expect(bench.dependencies()).toBe(after);

  expect(await bench.undo()).toEqual(['undo done']);
  bench.expectBefore();
  expect(await bench.undo()).toEqual(['undo already']);
  bench.expectBefore();
}

async function editedSincePlan(bench: Bench): Promise<void> {
  const { testCase, api } = bench;
  await testCase.edit(api, 'plan');
  const theirs = bench.dependencies();
  expect((await bench.apply())[0]).toBe(testCase.edited.plan);
  expect(bench.dependencies()).toBe(theirs);
  await bench.undo();
  expect(bench.dependencies()).toBe(theirs);
}

async function editedSinceRun(bench: Bench): Promise<void> {
  const { testCase, api } = bench;
  await bench.apply();
  await testCase.edit(api, 'run');
  const theirs = bench.dependencies();
  expect(await bench.undo()).toEqual([testCase.edited.run]);
  expect(bench.dependencies()).toBe(theirs);
}

/** A client whose process dies at one request: before it is sent, or before its answer is read. */
function dyingAt(api: KubernetesApi, point: DyingPoint): Counted {
  let calls = 0;
  const around =
    <Args extends readonly unknown[], T>(work: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls += 1;
      const isNow = calls === point.at;
      if (isNow && point.when === 'before') throw new Error('killed');
      const answer = work(...args);
      if (!isNow) return answer;
      await answer.catch(() => undefined);
      throw new Error('killed');
    };
  const counted = {
    ...api,
    get: around(api.get),
    create: around(api.create),
    replace: around(api.replace),
    patch: around(api.patch),
    remove: around(api.remove),
  } as KubernetesApi;
  return { api: counted, calls: () => calls };
}

interface DyingPoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

interface Counted {
  readonly api: KubernetesApi;
  readonly calls: () => number;
}

async function diesAt(
  point: DyingPoint,
  api: KubernetesApi,
  work: (api: KubernetesApi) => Promise<unknown>,
): Promise<void> {
  await expect(work(dyingAt(api, point).api), `${point.when} request ${point.at}`).rejects.toThrow('killed');
}

async function* points(
  bench: Bench,
  work: (bench: Bench, api: KubernetesApi) => Promise<unknown>,
): AsyncGenerator<DyingPoint> {
  const counted = dyingAt(bench.api, { at: 0, when: 'before' });
  await work(bench, counted.api);
  await bench.undo();
  bench.expectBefore();
  expect(counted.calls()).toBeGreaterThan(1);
  for (let at = 1; at <= counted.calls(); at += 1) {
    yield { at, when: 'before' };
    yield { at, when: 'after' };
  }
}

async function dying(first: Bench, then: 'undo' | 'resume'): Promise<void> {
  for await (const point of points(first, (bench, api) => bench.apply(api))) {
    const bench = await first.again();
    await diesAt(point, bench.api, (api) => bench.apply(api));
    const state = await bench.inspect();
    expect(state).toBe(bench.shown() === bench.shownBefore ? 'as-before' : 'applied');
    if (then === 'resume' && (await finished(bench, state))) bench.expectApplied();
    await bench.undo();
    bench.expectBefore();
  }
}

/** What the engine's resume does: look, then do what is left. @returns whether that came to its end */
async function finished(bench: Bench, state: ObjectState): Promise<boolean> {
  const { kind, spec } = bench;
  const outcomes = await perform(state === 'applied' ? kind.verify(spec) : kind.apply(spec), bench.context());
  return outcomes.every((outcome) => !/ (?:refused|rejected)/.test(outcome));
}

async function dyingUndo(first: Bench): Promise<void> {
  await first.apply();
  for await (const point of points(first, (bench, api) => bench.undo(api))) {
    const bench = await first.again();
    await bench.apply();
    await diesAt(point, bench.api, (api) => bench.undo(api));
    await bench.undo();
    bench.expectBefore();
  }
}

/** One that this nodemend cannot read: of a kind that a later one has. */
const strange = '20991231-0000-hologram-0001';

async function recorded({ api, spec }: Bench): Promise<void> {
  const place = recordPlace({ api });
  if (!place) throw new Error('there is an API');
  const record = {
    schema: clusterRecordSchema,
    run,
    session: '',
    owner: 'kim@laptop',
    startedAt: '2026-11-24T09:31:00Z',
    plan: 'f'.repeat(64),
    problems: [spec.problem],
    nodes: 0,
    state: 'going',
    actions: [spec as ClusterActionSpec],
    phases: ['applied'],
  } as const;
  await createRecord(place, record);
  await createRecord(place, {
    ...record,
    run: strange,
    actions: [{ ...spec, kind: 'hologram' } as unknown as ClusterActionSpec],
  });
  expect((await readRecord(place, run))?.record).toEqual(record);
  const { runs, unknown } = await listClusterRuns({ api }, new AbortController().signal);
  expect(runs.map((one) => one.run)).toEqual([run]);
  expect(unknown).toMatchObject([
    { code: 'CLUSTER_RECORD_INVALID', detail: expect.stringContaining(strange) as string },
  ]);
}
