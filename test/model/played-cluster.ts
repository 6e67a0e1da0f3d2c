import { expect } from 'vitest';
import type { FileAction } from '../../src/actions/file/file-action.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import { planSchema, type Plan } from '../../src/engine/plan.ts';
import { resumeRun } from '../../src/engine/resume.ts';
import { applyPlan } from '../../src/engine/rollout/apply-plan.ts';
import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import type { NodeOutcome, RunResult } from '../../src/engine/run.ts';
import { undoRun } from '../../src/engine/undo.ts';
import { verifyRun } from '../../src/engine/verify.ts';
import { isNodemendError, NodemendError } from '../../src/errors/nodemend-error.ts';
import type { NodeConnection } from '../../src/transport/transport.ts';
import { fileState } from '../chroot/file-fixture.ts';
import type { Move, Work } from './history.ts';
import { PlayedProcess, type Operator } from './played-process.ts';
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

interface KnownRun {
  readonly run: string;
  readonly plan: Plan;
  readonly actions: readonly FileAction[];
}

const paths = ['/etc/logrotate.d/docker', '/etc/logrotate.d/second'] as const;
const delivered = 'delivered\n';

function isWork(move: Move): move is Work {
  return move.move === 'apply' || move.move === 'resume' || move.move === 'undo';
}

/**
 * Plays a history against the real engine and holds after each move what must always be true:
 * done is never said where it is not, nobody else's change is written over, a lock has a run that can be named, and in the
 * end there is a command that sets everything right.
 */
export class PlayedCluster {
  private readonly nodes: readonly PlayedNode[];
  private readonly operators: readonly [Operator, Operator];
  private readonly runs: KnownRun[] = [];
  private readonly away = new Set<string>();
  /** Content by somebody else, by node and path. */
  private readonly edits = new Map<string, string>();
  /** Which of them there ever were: what a run wrote before cannot be undone below them. */
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
    if (isWork(move)) await this.work(move);
    else if (move.move === 'verify') await this.verify(move.who, this.chosen(move.run));
    else this.happen(move);
  }

  private happen(move: Exclude<Move, Work | { readonly move: 'verify' }>): void {
    if (move.move === 'damage-journal') return this.damage(move.who, this.chosen(move.run), move.line);
    const node = this.nodeAt(move.file);
    if (move.move === 'edit') this.edit(move.file);
    if (move.move === 'away' && !this.away.delete(node.name)) this.away.add(node.name);
    if (move.move === 'new-machine') this.renew(node);
    if (move.move === 'lose-records') this.loseRecords(node, this.chosen(move.run));
    return undefined;
  }

  private renew(node: PlayedNode): void {
    node.renew();
    for (const path of paths) this.edits.delete(`${node.name} ${path}`);
    for (const { run } of this.runs) this.lost.add(`${node.name} ${run}`);
  }

  private loseRecords(node: PlayedNode, known: KnownRun | undefined): void {
    if (!known) return;
    node.loseRecords(known.run);
    this.lost.add(`${node.name} ${known.run}`);
  }

  /** Everybody is there again and nothing goes wrong: every run can be undone, the last first, and a new one begun. */
  async setRight(): Promise<void> {
    this.away.clear();
    // A lock names its run: undo gives it back, though what a later run built on it stays until that is undone.
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
    const result = await process.end(() => this.ask(process.dependencies(), known, move));
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

  private ask(
    dependencies: RunDependencies,
    { run, plan }: KnownRun,
    { move, withPlan, only }: Work,
  ): Promise<RunResult> {
    if (move === 'apply') return applyPlan({ ...dependencies, plan });
    if (move === 'resume')
      return resumeRun({ ...dependencies, run, ...(withPlan ? { plan: { plan, file: 'plan.json' } } : {}) });
    const names = only === undefined ? undefined : [this.nodeAt(only).name];
    return undoRun({ ...dependencies, run, ...(names ? { only: names } : {}) });
  }

  /** What a result says of a node is what is there. */
  private expectTrue({ run, actions }: KnownRun, { move, who }: Work, { node, ending, left }: NodeOutcome): void {
    const own = actions.filter((action) => action.node === node);
    const inForce = own.map(({ path, to }) => to !== 'absent' && this.named(node).read(path) === to.content);
    // Somebody may edit a file right after it was verified.
    const asSaid = own.map(({ path }, index) => inForce[index] === true || this.isEdited(node, path));
    if (ending === 'done' && move !== 'undo')
      expect([node, ending, asSaid]).toEqual([node, ending, own.map(() => true)]);
    // Whose machine never heard that a file was changed cannot miss what the node forgot of it: it found it as wanted.
    const journal = this.operators[who].journals.texts.get(run) ?? '';
    const stays = own.filter((action, index) => inForce[index] && (!this.isLostFor(node) || isTold(journal, action)));
    // Done and as before is a node that was as wanted without the run.
    if (ending === 'done' ? move === 'undo' : left === 'as-before')
      expect([node, left, stays.map(({ id }) => id)]).toEqual([node, left, []]);
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
    const result = await verifyRun({ ...process.dependencies(), run: known.run }).catch((error: unknown) => {
      if (isNodemendError(error)) return undefined;
      throw error;
    });
    if (result?.exitCode !== 0) return;
    // All of it holds, was undone, or was never begun: nothing is left out.
    for (const { node, subject, state } of result.verifications) {
      const action = known.actions.find((one) => one.node === node && one.path === subject);
      if (state !== 'holds' || !action || action.to === 'absent') continue;
      expect([node, subject, this.named(node).read(subject)]).toEqual([node, subject, action.to.content]);
    }
    const seen = new Set(result.verifications.map(({ node }) => node));
    expect(known.plan.nodes.filter(({ name }) => !seen.has(name))).toEqual([]);
  }

  edit(file: number): void {
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

  private damage(who: 0 | 1, known: KnownRun | undefined, line: number): void {
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
    const found = this.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`this history has no node ${name}`);
    return found;
  }

  private nodeAt(index: number): PlayedNode {
    return this.named(this.nodes[index % this.nodes.length]?.name ?? '');
  }

  private chosen(index: number): KnownRun | undefined {
    return this.runs[index % Math.max(1, this.runs.length)];
  }
}

/** Whether a journal says that this very change was made, and not found. */
function isTold(journal: string, { id }: FileAction): boolean {
  return journal.includes(`"step":"commit","action":"${id}","outcome":"done"`);
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
