import { expect } from 'vitest';
import type { FileAction } from '../../src/actions/action.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import { planSchema, type Plan } from '../../src/engine/plan.ts';
import { resumeRun } from '../../src/engine/resume.ts';
import { applyPlan } from '../../src/engine/rollout/apply-plan.ts';
import type { RunWorld } from '../../src/engine/rollout/run-request.ts';
import { defaultRunOptions, type NodeOutcome, type RunResult } from '../../src/engine/run.ts';
import { undoRun } from '../../src/engine/undo.ts';
import { verifyRun } from '../../src/engine/verify.ts';
import { isNodemendError, NodemendError } from '../../src/errors/nodemend-error.ts';
import type { NodeConnection } from '../../src/transport/transport.ts';
import { fileState } from '../chroot/file-scene.ts';
import { testProblem } from '../chroot/test-problem.ts';
import type { Mishap, Move } from './history.ts';
import { MemoryJournals } from './memory-journal.ts';
import type { Fault } from './memory-node.ts';

/** A node as a history needs it: in memory, or a real root. */
export interface PlayedNode {
  readonly name: string;
  readonly machineId: string;
  readonly read: (path: string) => string | undefined;
  readonly write: (path: string, content: string) => void;
  readonly connect: (next: () => Fault | undefined) => NodeConnection;
  /** Run that holds the node's lock. */
  readonly lockedBy: () => string | undefined;
  readonly loseRecords: (run: string) => void;
  /** The same name, another machine, files as they were delivered. */
  readonly renew: () => void;
}

type Work = Extract<Move, { readonly move: 'apply' | 'resume' | 'undo' }>;

interface KnownRun {
  readonly run: string;
  readonly plan: Plan;
  readonly actions: readonly FileAction[];
}

interface Operator {
  readonly journals: MemoryJournals;
  clock: number;
}

export const paths = ['/etc/logrotate.d/docker', '/etc/logrotate.d/second'] as const;
const delivered = 'delivered\n';

/**
 * Plays a history against the real engine and holds after each move what must always be true:
 * done is never said where it is not, nobody else's change is written over, a lock has a run that can be named, and in the
 * end there is a command that sets everything right.
 */
export class PlayedWorld {
  private readonly nodes: readonly PlayedNode[];
  private readonly operators: readonly [Operator, Operator];
  private readonly runs: KnownRun[] = [];
  private readonly away = new Set<string>();
  /** Content by somebody else, by node and path. */
  private readonly edits = new Map<string, string>();
  /** Which of them there ever were: what a run wrote before cannot be taken back below them. */
  private readonly everEdited = new Set<string>();
  /** Nodes of which nobody can know any more what a run did: `node run`. */
  private readonly lost = new Set<string>();
  private count = 0;
  /** What was played, for a failure. */
  readonly told: string[] = [];

  constructor(nodes: readonly PlayedNode[]) {
    this.nodes = nodes;
    for (const node of nodes) node.write(paths[0], delivered);
    this.operators = [
      { journals: new MemoryJournals(), clock: 0 },
      { journals: new MemoryJournals(), clock: 0 },
    ];
  }

  async play(move: Move): Promise<void> {
    switch (move.move) {
      case 'apply':
      case 'resume':
      case 'undo':
        return this.work(move);
      case 'verify':
        return this.verify(move.who, this.chosen(move.run));
      case 'edit':
        return this.edit(move.file);
      case 'away': {
        const { name } = this.nodeAt(move.file);
        if (!this.away.delete(name)) this.away.add(name);
        return undefined;
      }
      case 'new-machine': {
        const node = this.nodeAt(move.file);
        node.renew();
        for (const path of paths) this.edits.delete(`${node.name} ${path}`);
        for (const { run } of this.runs) this.lost.add(`${node.name} ${run}`);
        return undefined;
      }
      case 'lose-records': {
        const known = this.chosen(move.run);
        const node = this.nodeAt(move.file);
        if (!known) return undefined;
        node.loseRecords(known.run);
        this.lost.add(`${node.name} ${known.run}`);
        return undefined;
      }
      case 'damage-journal':
        return this.damage(move.who, this.chosen(move.run), move.line);
    }
  }

  /** Everybody is there again and nothing goes wrong: every run can be taken back, the last first, and a new one begun. */
  async setRight(): Promise<void> {
    this.away.clear();
    // A lock names its run: undo gives it back, though what a later run built on it stays until that is taken back.
    for (const run of new Set(this.nodes.flatMap((node) => node.lockedBy() ?? []))) {
      const holder = this.runs.find((known) => known.run === run);
      if (holder) await this.carryOut(0, holder, { ...calm, move: 'undo' });
    }
    expect(this.nodes.map((node) => node.lockedBy())).toEqual(this.nodes.map(() => undefined));
    for (const known of this.runs.toReversed()) {
      const result = await this.carryOut(0, known, { ...calm, move: 'undo' });
      // Undo of a run of which no node knows anything has nothing to do.
      if (result === 'RUN_UNKNOWN') continue;
      if (typeof result === 'string') throw new Error(`undo ${known.run}: ${result}`);
      for (const outcome of result.nodes) this.expectExcused(known, outcome);
    }
    expect(this.nodes.map((node) => node.lockedBy())).toEqual(this.nodes.map(() => undefined));
    const result = await this.apply({ ...calm, move: 'apply' });
    expect(result).toMatchObject({ verdict: 'done' });
  }

  private expectExcused({ actions }: KnownRun, { node, ending, code, left }: NodeOutcome): void {
    if (ending === 'done') return;
    const isLost = this.isLostFor(node);
    const isEdited = actions.some(
      ({ path, ...action }) => action.node === node && this.everEdited.has(`${node} ${path}`),
    );
    const excuse = isLost
      ? ['NODE_RECORD_MISSING', 'PLAN_STALE', 'FILE_CHANGED_SINCE_RUN']
      : ['FILE_CHANGED_SINCE_RUN'];
    expect([node, ending, left, code, isLost || isEdited]).toEqual([node, ending, left, code, true]);
    expect(excuse).toContain(code);
  }

  private async work(move: Work): Promise<void> {
    if (move.move === 'apply') {
      await this.apply(move);
      return;
    }
    const known = this.chosen(move.run);
    if (known) await this.carryOut(move.who, known, move);
  }

  private async apply(move: Work): Promise<RunResult | string> {
    const actions = this.nodes.flatMap((node) => paths.map((path, index) => this.actionFor(node, path, index)));
    const unsealed = {
      schema: planSchema,
      madeAt: '2026-11-24T09:30:00Z',
      target: { kind: 'hosts' },
      nodes: this.nodes.map(({ name, machineId }) => ({ name, machineId, bootId: '' })),
      problems: ['container-logs'],
      actions,
      refused: [],
    } as const satisfies Omit<Plan, 'hash'>;
    const plan: Plan = { ...unsealed, hash: planHash(unsealed) };
    // A plan that is made anew takes what it finds for what is to be changed.
    this.edits.clear();
    return this.carryOut(move.who, { run: '', plan, actions }, move);
  }

  private actionFor(node: PlayedNode, path: string, index: number): FileAction {
    const now = node.read(path);
    this.count += 1;
    return {
      kind: 'file',
      id: `file:${node.name}:${path}`,
      problem: 'container-logs',
      node: node.name,
      cures: ['0123456789ab'],
      why: { key: 'plan.rule', params: {} },
      path,
      from: now === undefined ? 'absent' : fileState(now),
      to: fileState(`rotate ${this.count} ${index}\n`),
      validate: [{ check: 'container-logs/staged', args: [] }],
      verify: [{ check: 'container-logs/placed', args: [path] }],
    };
  }

  /** @returns the result, the code of a refusal, or `killed` */
  private async carryOut(who: 0 | 1, known: KnownRun, move: Work): Promise<RunResult | string> {
    const operator = this.operators[who];
    operator.clock += move.clock;
    const process = new PlayedProcess(this, operator, move);
    const result = await process.end(() => this.ask(process.world(), known, move));
    this.told.push(`${move.move} by ${who}: ${typeof result === 'string' ? result : result.verdict}`);
    const began = known.run === '' ? operator.journals.texts.keys().toArray().at(-1) : known.run;
    const own = { ...known, run: began ?? '' };
    if (known.run === '' && began !== undefined && !this.runs.some(({ run }) => run === began)) this.runs.push(own);
    this.expectEditsKept();
    this.expectOwnedLocks();
    if (typeof result !== 'string') for (const outcome of result.nodes) this.expectTrue(own, move, outcome);
    if (typeof result !== 'string') this.expectWhole(own, move, result);
    return result;
  }

  private ask(world: RunWorld, { run, plan }: KnownRun, { move, withPlan, only }: Work): Promise<RunResult> {
    if (move === 'apply') return applyPlan({ ...world, plan });
    if (move === 'resume')
      return resumeRun({ ...world, run, ...(withPlan ? { plan: { plan, file: 'plan.json' } } : {}) });
    const names = only === undefined ? undefined : [this.nodeAt(only).name];
    return undoRun({ ...world, run, ...(names ? { only: names } : {}) });
  }

  /** What a result says of a node is what is there. */
  private expectTrue({ run, actions }: KnownRun, { move, who }: Work, { node, ending, left }: NodeOutcome): void {
    const own = actions.filter((action) => action.node === node);
    const inForce = own.map(({ path, to }) => to !== 'absent' && this.named(node).read(path) === to.content);
    // Somebody may edit a file right after it was verified.
    const asSaid = own.map(({ path }, index) => inForce[index] === true || this.isEdited(node, path));
    if (ending === 'done' && move !== 'undo')
      expect([node, ending, asSaid]).toEqual([node, ending, own.map(() => true)]);
    // Whose machine never heard that the node was changed cannot miss what the node forgot.
    if (this.isLostFor(node) && !this.operators[who].journals.texts.get(run)?.includes(told(node))) return;
    // Done and as before is a node that was as wanted without the run.
    if (ending === 'done' ? move === 'undo' : left === 'as-before')
      expect([node, left, inForce]).toEqual([node, left, own.map(() => false)]);
  }

  /** Done is said of a run only when every node of its plan is. */
  private expectWhole({ plan, actions }: KnownRun, { move, only }: Work, { verdict, nodes }: RunResult): void {
    if (verdict !== 'done') return;
    if (move !== 'undo') {
      expect(nodes.map(({ node }) => node)).toEqual(plan.nodes.map(({ name }) => name));
      return;
    }
    const asked = only === undefined ? plan.nodes.map(({ name }) => name) : nodes.map(({ node }) => node);
    const left = actions.filter(
      ({ node, path, to }) =>
        asked.includes(node) && !this.isLostFor(node) && to !== 'absent' && this.named(node).read(path) === to.content,
    );
    expect(left.map(({ id }) => id)).toEqual([]);
  }

  /** A machine that has no journal of the run cannot miss what a node forgot. */
  private isLostFor(node: string): boolean {
    return [...this.lost].some((lost) => lost.startsWith(`${node} `));
  }

  private expectEditsKept(): void {
    const now = [...this.edits.keys()].map((key) => {
      const [node = '', path = ''] = key.split(' ');
      return [key, this.named(node).read(path)];
    });
    expect(now).toEqual([...this.edits]);
  }

  private expectOwnedLocks(): void {
    const named = new Set(this.runs.map(({ run }) => run));
    for (const node of this.nodes) {
      const run = node.lockedBy();
      if (run !== undefined) expect([...named]).toContain(run);
    }
  }

  private async verify(who: 0 | 1, known: KnownRun | undefined): Promise<void> {
    if (!known) return;
    const process = new PlayedProcess(this, this.operators[who], { ...calm, move: 'resume' });
    const result = await verifyRun({ ...process.world(), run: known.run }).catch((error: unknown) => {
      if (isNodemendError(error)) return undefined;
      throw error;
    });
    if (result?.exitCode !== 0) return;
    // All of it holds, was taken back, or was never begun: nothing is left out.
    for (const { node, subject, state } of result.verifications) {
      const action = known.actions.find((one) => one.node === node && one.path === subject);
      if (state !== 'holds' || !action || action.to === 'absent') continue;
      expect([node, subject, this.named(node).read(subject)]).toEqual([node, subject, action.to.content]);
    }
    const seen = new Set(result.verifications.map(({ node }) => node));
    expect(known.plan.nodes.filter(({ name }) => !seen.has(name))).toEqual([]);
  }

  edit(file: number): undefined {
    const node = this.nodeAt(file);
    const path = paths[file % 2] ?? paths[0];
    this.count += 1;
    const content = `rotate edited ${this.count}\n`;
    node.write(path, content);
    this.edits.set(`${node.name} ${path}`, content);
    this.everEdited.add(`${node.name} ${path}`);
  }

  private isEdited(node: string, path: string): boolean {
    return this.edits.has(`${node} ${path}`) && this.edits.get(`${node} ${path}`) === this.named(node).read(path);
  }

  private damage(who: 0 | 1, known: KnownRun | undefined, line: number): undefined {
    const { texts } = this.operators[who].journals;
    const text = known && texts.get(known.run);
    if (!known || text === undefined) return;
    const lines = text.split('\n');
    const at = line % lines.length;
    texts.set(known.run, lines.with(at, `${lines[at]?.slice(0, 10)}~${lines[at]?.slice(11)}`).join('\n'));
  }

  connectTo(name: string, next: () => Fault | undefined): NodeConnection {
    if (this.away.has(name)) throw new NodemendError('SSH_CONNECTION_LOST', { node: name });
    return this.named(name).connect(next);
  }

  names(): readonly string[] {
    return this.nodes.map(({ name }) => name);
  }

  private named(name: string): PlayedNode {
    return this.nodes.find((node) => node.name === name)!;
  }

  private nodeAt(index: number): PlayedNode {
    return this.nodes[index % this.nodes.length]!;
  }

  private chosen(index: number): KnownRun | undefined {
    return this.runs[index % Math.max(1, this.runs.length)];
  }
}

/** As a journal says it of a node that a run changed. */
function told(node: string): string {
  return `"outcome":{"node":"${node}","left":"changed"`;
}

const calm = {
  move: 'undo',
  who: 0,
  run: 0,
  withPlan: false,
  only: undefined,
  clock: 0,
  mishaps: [],
  diesAt: undefined,
} as const satisfies Work;

/** One process of nodemend, which may die. What it began goes nowhere from then on. */
class PlayedProcess {
  private readonly played: PlayedWorld;
  private readonly operator: Operator;
  private readonly move: Work;
  private calls = 0;
  private lines = 0;
  private isDead = false;
  private died: () => void = () => {};
  private readonly death = new Promise<'killed'>((resolve) => {
    this.died = () => resolve('killed');
  });

  constructor(played: PlayedWorld, operator: Operator, move: Work) {
    this.played = played;
    this.operator = operator;
    this.move = move;
  }

  async end(work: () => Promise<RunResult>): Promise<RunResult | string> {
    const ended = work().catch((error: unknown) => {
      if (isNodemendError(error)) return error.code;
      throw error;
    });
    return Promise.race([ended, this.death]);
  }

  world(): RunWorld {
    const { journals, clock } = this.operator;
    return {
      transport: {
        kind: 'local',
        connect: async ({ name }) => this.watched(this.played.connectTo(name, () => this.faultNow())),
        close: async () => {},
      },
      targets: this.played
        .names()
        .map((name) => ({ name, address: '127.0.0.1', port: 22, user: 'root', identityFiles: [] })),
      journal: journals.store(() => this.wrote()),
      problems: [testProblem],
      onEvent: () => {},
      signal: new AbortController().signal,
      timing: {
        now: () => Date.UTC(2026, 10, 24, 9 + clock),
        monotonicMs: () => 0,
        sleep: async () => {},
        random: () => 0,
      },
      options: { ...defaultRunOptions, soakSeconds: 0, owner: 'kim@laptop' },
    };
  }

  private async wrote(): Promise<void> {
    this.lines += 1;
    if (this.lines === this.move.diesAt) this.die();
    await this.orNever();
  }

  private watched(connection: NodeConnection): NodeConnection {
    return {
      ...connection,
      exec: async (request) => {
        await this.orNever();
        const answer = await connection.exec(request);
        await this.orNever();
        return answer;
      },
    };
  }

  /** What happens at this call to a node. */
  private faultNow(): Fault | undefined {
    this.calls += 1;
    let fault: Fault | undefined;
    for (const mishap of this.move.mishaps) if (mishap.at === this.calls) fault = this.happen(mishap) ?? fault;
    return fault;
  }

  private happen({ what, file }: Mishap): Fault | undefined {
    if (what === 'edit') {
      this.played.edit(file);
      return undefined;
    }
    if (what !== 'killed') return what;
    // The node does what it was told; nobody hears of it.
    this.die();
    return undefined;
  }

  private die(): void {
    this.isDead = true;
    this.died();
  }

  private orNever(): Promise<void> {
    return this.isDead ? new Promise(() => {}) : Promise.resolve();
  }
}
