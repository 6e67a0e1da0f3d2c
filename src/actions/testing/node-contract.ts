import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { chrootTransport, targetOf } from '../../../test/chroot/chroot-transport.ts';
import { contextOf, lock, perform, run, session } from '../../../test/chroot/file-fixture.ts';
import { KillingTools } from '../../../test/chroot/killing-tools.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { listNodeRuns } from '../../engine/history.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { languages } from '../../locales/language.ts';
import { createTranslator } from '../../locales/translator.ts';
import type { ActionBase, ActionContext, ActionState, ActionStep } from '../action.ts';
import { readNodeMemory } from '../node-state/node-records.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { lookForPrunable } from '../node-state/node-prune.ts';
import { deathsDuring } from './deaths.ts';
import type { NodeFixture, NodeTestCase } from './node-fixture.ts';

type Fixture = NodeFixture<ActionBase, ActionBase>;
type TestCase = NodeTestCase<ActionBase>;

/** What every kind of action on nodes promises, whatever it changes. */
export function nodeContract<Spec extends ActionBase, Stored extends ActionBase, Node extends ChrootNode>(
  given: NodeFixture<Spec, Stored, Node>,
): void {
  // Whatever it changes: each spec goes back to the kind that it came from.
  const fixture = given as unknown as Fixture;
  const { kind, testCases } = fixture;
  const sent = new Set<string>();

  describe.each(fixture.shells ?? shells)('under %s', (shell) => {
    describe.each(Object.entries(testCases))('%s', (_name, testCase) => {
      let bench: Bench;
      beforeAll(() => {
        bench = new Bench(fixture, testCase, shell, sent);
      });
      afterAll(() => bench.node.remove());

      it('is what its preview says, is done once, and is undone to the byte', () => wholeLife(bench));
      it('is refused when somebody else was there since the plan, or since the run', () => edited(bench));
      it('is known for what it is wherever its process dies, and finished or undone from there', () => cutShort(bench));
    });
  });

  describe.each(Object.entries(testCases))(
    '%s, killed around the programs that its scripts start',
    (_name, testCase) => {
      let bench: Bench;
      let tools: KillingTools;
      beforeAll(() => {
        bench = new Bench(fixture, testCase, 'dash', sent);
        bench.reset();
        tools = new KillingTools(bench.node);
      });
      afterAll(() => bench.node.remove());

      const timeout = 600_000;
      it('while applying: undo takes it back', { timeout }, () => killedApplying(bench, tools, 'undo'));
      it('while applying: resume finishes it', { timeout }, () => killedApplying(bench, tools, 'resume'));
      it('while undoing: a second undo finishes it', { timeout }, () => killedUndoing(bench, tools));
    },
  );

  it('its scripts, as they are sent, are clean for shellcheck', () => {
    expect(sent.size).toBeGreaterThan(2);
    for (const input of sent)
      expect(execFileSync('sh', ['-c', 'shellcheck -s sh - || :'], { encoding: 'utf8', input })).toBe('');
  });

  it('has a word for each of its steps, in every language', () => {
    const names = [...kind.steps.recording, ...kind.steps.committing].filter((name) => name !== 'prepare');
    for (const language of languages) {
      const words = createTranslator(language, kind.texts[language]);
      expect(names.filter((name) => !words.has(`step.${name}`))).toEqual([]);
    }
  });
}

const later = 'e5f6a7b8';
/** One that this nodemend cannot read: of a kind that a later one has. */
const strange = '20991231-0000-hologram-0001';

/** One node, one test case of a kind. */
class Bench {
  readonly node: ChrootNode;
  readonly kind: Fixture['kind'];
  readonly testCase: TestCase;
  spec: ActionBase;
  before = '';
  /** What was seen when a process was dead. */
  cut = '';
  preview = '';

  private readonly fixture: Fixture;
  private readonly sent: Set<string>;

  constructor(fixture: Fixture, testCase: TestCase, shell: Shell, sent: Set<string>) {
    this.fixture = fixture;
    this.testCase = testCase;
    this.sent = sent;
    this.kind = fixture.kind;
    this.node = fixture.makeNode(shell);
    this.spec = this.reset();
  }

  reset(): ActionBase {
    rmSync(this.node.reach('/var/lib/nodemend'), { recursive: true, force: true });
    this.spec = this.testCase.before(this.node);
    this.before = this.seen();
    this.preview = this.kind.preview(this.spec, (text) => text);
    return this.spec;
  }

  get every(): number {
    return this.testCase.killedEvery;
  }

  seen(): string {
    return this.testCase.seen(this.node);
  }

  context(process = session): ActionContext {
    const context = contextOf(this.node, { session: process, ...this.fixture.context });
    const { connection } = context;
    const exec: typeof connection.exec = (request) => {
      this.sent.add(request.script);
      return connection.exec(request);
    };
    return { ...context, connection: { ...connection, exec } };
  }

  async lock(process = session): Promise<void> {
    const takeOver = process !== session;
    const { outcome } = await lock(this.node, { session: process, takeOver, ...this.fixture.lock });
    expect(['done', 'already']).toContain(outcome);
  }

  unlock(process = session): Promise<unknown> {
    return unlockNode(this.node.connect(), run, process);
  }

  apply(process = session): Promise<readonly string[]> {
    return this.perform(() => this.kind.apply(this.spec), process);
  }

  undo(process = session): Promise<readonly string[]> {
    return this.perform(() => this.kind.undo(this.stored()), process);
  }

  inspect(process = session): Promise<ActionState> {
    return this.kind.inspect(this.stored(), this.context(process));
  }

  /** As another machine knows it: from the record. */
  stored(): ActionBase {
    return this.kind.stored.of(this.spec);
  }

  /** What the engine's resume does on a node: look, then do what is left. */
  async resume(): Promise<void> {
    const state = await this.inspect(later);
    await this.perform(
      () => (state === 'applied' ? this.kind.verify(this.stored()) : this.kind.apply(this.spec)),
      later,
    );
  }

  /** Carries steps out; what only a person can go on with is done by hand, and then they are carried out once more. */
  private async perform(steps: () => readonly ActionStep[], process: string): Promise<readonly string[]> {
    const { byHand } = this.testCase;
    const codes: readonly string[] = byHand?.codes ?? [];
    try {
      const outcomes = await perform(steps(), this.context(process));
      if (!codes.some((code) => outcomes.at(-1)?.endsWith(` ${code}`))) return outcomes;
    } catch (error) {
      if (!isNodemendError(error) || !codes.includes(error.code)) throw error;
    }
    await byHand?.act(this.node);
    return perform(steps(), this.context(process));
  }

  expectApplied(): void {
    const { ends, previewed } = this.testCase;
    if (ends) expect(ends.applied(this.seen(), this), this.seen()).toBe(true);
    else expect(this.seen()).toBe(previewed(this.preview, this.before));
  }

  expectTakenBack(): void {
    const { ends } = this.testCase;
    if (ends) expect(ends.undone(this.seen(), this), this.seen()).toBe(true);
    else expect(this.seen()).toBe(this.undone());
  }

  undone(): string {
    return this.testCase.undone?.(this.preview, this.before) ?? this.before;
  }
}

async function wholeLife(bench: Bench): Promise<void> {
  bench.reset();
  const { kind, spec, node, testCase } = bench;
  expect(kind.schema.parse(spec)).toEqual(spec);
  expect(kind.stored.schema.parse(bench.stored())).toEqual(bench.stored());
  expect(kind.conflictKeys(spec).length).toBeGreaterThan(0);
  expect(kind.contents.isTrue(spec)).toBe(true);
  for (const language of languages) {
    const { change, undo } = kind.words(spec);
    const words = createTranslator(language, kind.texts[language]);
    expect([words.has(`change.${change}`), words.has(`undo.${undo}`)]).toEqual([true, true]);
  }
  await bench.lock();
  expect(await bench.inspect()).toBe('untouched');

  const steps = kind.apply(spec);
  expect(steps.every(({ name, commits }) => kind.steps.committing.includes(name) === (commits === true))).toBe(true);
  expect(kind.steps.recording).toContain(steps[0]?.name);
  expect(await bench.apply()).toEqual(steps.map(({ name }) => `${name} done`));
  expect(bench.seen()).toBe(testCase.previewed(bench.preview, bench.before));
  expect(await bench.inspect()).toBe('applied');
  const again = await bench.apply();
  expect(again.filter((outcome) => kind.steps.committing.includes(outcome.split(' ')[0] ?? ''))).toEqual(
    kind.steps.committing.filter((name) => steps.some((step) => step.name === name)).map((name) => `${name} already`),
  );
  expect(bench.seen()).toBe(testCase.previewed(bench.preview, bench.before));

  await bench.unlock();
  await known(bench);
  await bench.lock(later);
  expect(await bench.inspect(later)).toBe('applied');
  expect(await bench.undo(later)).toEqual(['undo done']);
  expect(bench.seen()).toBe(bench.undone());
  expect(await bench.inspect(later)).toBe('undone');
  expect(await bench.undo(later)).toEqual(['undo already']);
  expect((await bench.apply(later))[0]).toBe(`${steps[0]?.name} refused RUN_UNDONE_ON_NODE`);
  expect(bench.seen()).toBe(bench.undone());
  await bench.unlock(later);
  const over = await lookForPrunable(node.connect(), { days: 0, copies: false });
  expect(over.map((one) => one.run)).toEqual([run]);
}

/** The record is read back, beside one of another run that cannot be: that one is named, and hides nothing. */
async function known({ node, kind, spec }: Bench): Promise<void> {
  const folder = node.path(`/var/lib/nodemend/runs/${strange}/hologram-1`);
  const record = JSON.stringify({ schema: 'nodemend.dev/record/v1', action: { kind: 'hologram' } });
  const script = 'mkdir -p "$1" && printf %s "$2" >"$1/record.json" && : >"$1/phase-kept"';
  node.outside('sh', '-c', script, 'sh', folder, record);

  const own = await readNodeMemory(node.connect(), { run, withContent: true });
  expect(own.records).toMatchObject([{ phase: 'kept', record: { run, action: kind.stored.of(spec) } }]);
  const [found] = own.records;
  // What can be applied again: all but the prior contents, which the plan alone had.
  expect(kind.stored.whole(kind.stored.of(spec), found?.after)).toEqual(kind.contents.withoutPrior(spec));
  const all = await listNodeRuns({
    transport: chrootTransport([node]),
    targets: [targetOf(node)],
    concurrency: 1,
    signal: new AbortController().signal,
  });
  expect(all.runs).toMatchObject([{ run, phases: ['kept'] }]);
  expect(all.unknown).toMatchObject([
    { code: 'NODE_RECORD_INVALID', detail: expect.stringContaining(strange) as string },
  ]);
}

async function edited(bench: Bench): Promise<void> {
  const { testCase, node } = bench;
  bench.reset();
  await bench.lock();
  testCase.edit(node, 'plan');
  const others = bench.seen();
  expect((await bench.apply())[0]).toBe(testCase.edited.plan);
  expect(bench.seen()).toBe(others);
  expect(await bench.undo()).toEqual(['undo already']);
  expect(bench.seen()).toBe(others);

  bench.reset();
  await bench.lock();
  await bench.apply();
  testCase.edit(node, 'run');
  const theirs = bench.seen();
  expect(await bench.undo()).toEqual([testCase.edited.run]);
  expect(bench.seen()).toBe(theirs);
}

/** Between any two steps: the process is gone, and another one takes the node over. */
async function cutShort(bench: Bench): Promise<void> {
  const count = bench.kind.apply(bench.reset()).length;
  for (let done = 1; done < count; done += 1)
    for (const then of ['undo', 'resume'] as const) {
      bench.reset();
      await bench.lock();
      const steps = bench.kind.apply(bench.spec).slice(0, done);
      await perform(steps, bench.context());
      bench.cut = bench.seen();
      await bench.lock(later);
      // A node that was told to go may be gone by now.
      const going = steps.at(-1)?.downtime === 'begins' ? ['staged', 'applied'] : [];
      const expected = steps.some(({ commits }) => commits) ? 'applied' : 'staged';
      expect([expected, ...going]).toContain(await bench.inspect(later));
      if (then === 'resume') {
        await bench.resume();
        bench.expectApplied();
      }
      await bench.undo(later);
      bench.expectTakenBack();
      await bench.unlock(later);
    }
}

async function applied(bench: Bench): Promise<void> {
  await bench.lock();
  await bench.apply();
  await bench.unlock();
}

async function undone(bench: Bench): Promise<void> {
  await bench.lock(later);
  await bench.undo(later);
  await bench.unlock(later);
}

async function killedApplying(bench: Bench, tools: KillingTools, then: 'undo' | 'resume'): Promise<void> {
  const deaths = deathsDuring({
    tools,
    every: bench.every,
    // What comes between two programs, and only that, is there before the second and not yet after the first: where
    // another test already looks at both sides of each point, one side is enough.
    sides: then === 'undo' ? ['before', 'after'] : ['before'],
    before: async () => void bench.reset(),
    work: () => applied(bench),
  });
  for await (const _ of deaths) {
    bench.cut = bench.seen();
    if (then === 'resume') {
      await bench.lock(later);
      await bench.resume();
      bench.expectApplied();
    }
    await undone(bench);
    bench.expectTakenBack();
  }
}

async function killedUndoing(bench: Bench, tools: KillingTools): Promise<void> {
  const before = async (): Promise<void> => {
    bench.reset();
    await applied(bench);
    bench.cut = bench.seen();
  };
  const sides = ['after'] as const;
  for await (const _ of deathsDuring({ tools, every: bench.every, sides, before, work: () => undone(bench) })) {
    await undone(bench);
    bench.expectTakenBack();
  }
}
