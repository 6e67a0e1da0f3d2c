import type { FileAction } from '../../src/actions/file/file-action.ts';
import type { RebootAction } from '../../src/actions/reboot/reboot-action.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import { planSchema, type Plan } from '../../src/engine/plan.ts';
import { resumeRun } from '../../src/engine/resume.ts';
import { applyPlan } from '../../src/engine/rollout/apply-plan.ts';
import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import type { NodeOutcome, RunEvent, RunResult } from '../../src/engine/run.ts';
import { undoRun } from '../../src/engine/undo.ts';
import { fileState } from '../chroot/file-fixture.ts';
import { MemoryJournals } from '../model/memory-journal.ts';
import { bootFile } from './booting-node.ts';
import { SimulatedClock } from './clock.ts';
import { SimulatedCluster } from './cluster.ts';
import type { Happening, History, Move } from './history.ts';
import { Invariants } from './invariants.ts';
import type { Boot, Rebooted, SimulatedMachine } from './machine.ts';
import { SimulatedProcess, type Operator } from './process.ts';

interface KnownRun {
  readonly run: string;
  readonly plan: Plan;
  /** Machines that it was planned for, by the name of their node. */
  readonly machines: ReadonlyMap<string, string>;
}

/** What a command may take: each of five nodes drained, changed, waited for and watched, ten times as slow. */
const longestMs = 24 * 3_600_000;

/** Plays one history with the real engine, and says what was broken. */
export class PlayedHistory {
  /** What happened, a line each, for people. */
  readonly told: string[] = [];
  private readonly history: History;
  private readonly nodemend: (dependencies: RunDependencies) => RunDependencies;
  private readonly clock = new SimulatedClock();
  private readonly cluster: SimulatedCluster;
  private readonly invariants: Invariants;
  private readonly operators: readonly [Operator, Operator];
  private readonly runs: KnownRun[] = [];
  private count = 0;
  private reboots = 0;
  /** Nothing goes wrong any more. */
  private isWell = false;

  /** @param nodemend what of a process is not as it should be, to see that it is noticed */
  constructor(history: History, nodemend: (dependencies: RunDependencies) => RunDependencies = (usual) => usual) {
    this.history = history;
    this.nodemend = nodemend;
    this.cluster = new SimulatedCluster(history.layout, this.clock, {
      asked: (machine, run, why) => this.asked(machine, run, why),
      obeys: ({ name }, run) => this.invariants.mayGoDown(name, run),
    });
    this.invariants = new Invariants(this.cluster, history.maxUnavailable);
    const operator = (name: string): Operator => ({ name, journals: new MemoryJournals(), clockOffMs: 0 });
    this.operators = [operator('kim@laptop'), operator('lee@desk')];
  }

  /** @throws Error with the history in words, when something was not as it must be */
  async play(): Promise<void> {
    for (const move of this.history.moves) await this.move(move);
    await this.setRight();
  }

  private asked({ name }: SimulatedMachine, run: string, why: 'apply' | 'undo'): Rebooted {
    const { boots } = this.history;
    const boot = this.isWell ? soon : (boots[this.reboots++ % boots.length] ?? soon);
    this.tell(`  ${name} is told to reboot: ${boot === 'refused' ? boot : `${boot.comes} in ${boot.seconds} s`}`);
    if (boot !== 'refused') this.invariants.rebooting(name, run, why);
    return boot;
  }

  private async move(move: Move): Promise<void> {
    await this.clock.pass(move.pause * 1000);
    for (const happening of move.happenings) this.expect(happening, undefined);
    const known = move.verb === 'apply' ? this.planned() : this.runs[move.run % Math.max(1, this.runs.length)];
    if (known) await this.carryOut(known, move);
  }

  /** Has something happen in a while; what is of a process, to that process. */
  private expect(happening: Happening, process: SimulatedProcess | undefined): void {
    const isOfProcess = happening.what === 'killed' || happening.what === 'interrupted';
    if (isOfProcess !== (process !== undefined)) return;
    this.clock.after(happening.after * 1000, () => {
      if (process?.ended !== undefined) return;
      this.tell(JSON.stringify(happening));
      this.happen(happening, process);
    });
  }

  private happen(happening: Happening, process: SimulatedProcess | undefined): void {
    const { cluster, clock } = this;
    switch (happening.what) {
      case 'killed':
        process?.kill();
        return;
      case 'interrupted':
        process?.interrupt();
        return;
      case 'clock':
        this.operators[0].clockOffMs += happening.hours * 3_600_000;
        return;
      case 'api-away':
        cluster.isAnswering = false;
        clock.after(happening.seconds * 1000, () => (cluster.isAnswering = true));
        return;
      case 'budget':
        this.tighten(happening.workload, happening.seconds);
        return;
      default:
        this.happenTo(this.nameAt(happening.node), happening);
    }
  }

  private happenTo(name: string, happening: Extract<Happening, { readonly node: number }>): void {
    const { cluster, clock } = this;
    const machine = cluster.machines.get(name);
    if (!machine) return;
    switch (happening.what) {
      case 'unreachable':
        machine.isReachable = false;
        clock.after(happening.seconds * 1000, () => (machine.isReachable = true));
        return;
      case 'crashes':
        machine.goDown({ seconds: happening.seconds, comes: 'back' });
        return;
      case 'vanishes':
        if (cluster.names().length > 1) cluster.vanish(name);
        return;
      case 'replaced':
        cluster.replace(name);
        return;
      default:
        cluster.actOfOthers(name, happening.what);
    }
  }

  private tighten(index: number, seconds: number | undefined): void {
    const { workloads } = this.history.layout;
    const workload = workloads[index % workloads.length];
    if (workload?.minAvailable === undefined) return;
    this.cluster.workloads.setBudget(workload.name, workload.replicas);
    if (seconds !== undefined) this.clock.after(seconds * 1000, () => this.loosen());
  }

  /** Budgets that let something go. */
  private loosen(): void {
    for (const { name, minAvailable } of this.history.layout.workloads)
      if (minAvailable !== undefined) this.cluster.workloads.setBudget(name, 0);
  }

  private planned(): KnownRun {
    const { cluster } = this;
    this.count += 1;
    const argument = `demo.run=${this.count}`;
    const machines = new Map([...cluster.machines].map(([name, { node }]) => [name, node.machineId]));
    const unsealed = {
      schema: planSchema,
      madeAt: '2026-11-30T12:00:00Z',
      target: { kind: 'cluster', uid: this.clusterUid(), context: 'simulated', server: 'https://simulated' },
      nodes: [...cluster.machines].map(([name, machine]) => ({
        name,
        uid: cluster.node(name)?.metadata.uid ?? '',
        machineId: machine.node.machineId,
        bootId: machine.bootId,
      })),
      problems: ['container-logs'],
      actions: [...cluster.machines.values()].flatMap((machine) => [
        ...(this.history.forArgument ? [argumentAction(machine, argument)] : []),
        rebootAction(machine, this.history.forArgument ? [{ argument, present: true }] : []),
      ]),
      refused: [],
    } as const satisfies Omit<Plan, 'hash'>;
    return { run: '', machines, plan: { ...unsealed, hash: planHash(unsealed) } };
  }

  private async carryOut(known: KnownRun, move: Move): Promise<RunResult | string> {
    const operator = this.operators[move.who];
    const { cluster, clock, history, invariants } = this;
    const process = new SimulatedProcess(
      {
        cluster,
        clock,
        history,
        onRequest: (request) => invariants.asked(request),
        onEvent: (event) => this.tellEvent(event),
      },
      operator,
      move,
    );
    this.tell(`${operator.name}: ${move.verb} ${known.run}`);
    for (const happening of move.happenings) this.expect(happening, process);
    process.begin((dependencies) => ask(this.nodemend(dependencies), known, move));
    const how = await clock.passUntil(() => process.ended !== undefined, clock.now + longestMs);
    if (how !== 'so') throw this.failure(`${move.verb} does not end: ${how}`);
    const ended = process.ended ?? '';
    this.tell(typeof ended === 'string' ? ended : `${ended.verdict}: ${ended.nodes.map(nodeWords).join('; ')}`);
    if (typeof ended === 'string' && ended.startsWith('threw ')) throw this.failure(ended);
    this.requireUnbroken();
    const own = this.remember(known, operator);
    if (typeof ended !== 'string') this.requireTrue(own, ended);
    return ended;
  }

  private remember(known: KnownRun, { journals }: Operator): KnownRun {
    if (known.run !== '') return known;
    const run = [...journals.plans.keys()].findLast((one) => !this.runs.some((other) => other.run === one));
    const own = { ...known, run: run ?? '' };
    if (run !== undefined) this.runs.push(own);
    return own;
  }

  /** What a result says of a node is true of it. */
  private requireTrue(known: KnownRun, { kind, verdict, nodes }: RunResult): void {
    for (const outcome of nodes) {
      const machine = this.cluster.machines.get(outcome.node);
      // Of a machine that is no longer there nothing can be looked up.
      if (!machine || machine.node.machineId !== known.machines.get(outcome.node)) continue;
      this.requireTrueOf(outcome, kind === 'undo' ? this.isUndone(known, machine) : isInForce(known, machine), () =>
        this.isMade(known, machine),
      );
      this.requireTold(known, outcome);
    }
    const isDone = nodes.every(({ ending }) => ending === 'done');
    if (verdict === 'done' && !isDone) throw this.failure('done is said of a run of which a node is not');
  }

  private requireTrueOf({ node, ending, left }: NodeOutcome, isWanted: boolean, isMade: () => boolean): void {
    if (ending === 'done' && !isWanted) throw this.failure(`${node} is called done, and is not`);
    if (ending !== 'done' && left === 'as-before' && isMade())
      throw this.failure(`${node} is called as before, and is changed`);
  }

  /**
   * A reboot for nothing but itself leaves nothing to undo. What a boot that was not the run's own brought is not the
   * run's to end: there the kind that writes the argument tells what the kernel keeps (`boot-argument.root.test.ts`),
   * and the plain file that stands for it here has to be without it.
   */
  private isUndone(known: KnownRun, machine: SimulatedMachine): boolean {
    const argument = argumentOf(known, machine);
    if (argument === undefined) return true;
    return this.invariants.isRebooted(machine, known.run)
      ? !machine.node.hasArgument(argument)
      : !machine.node.isWritten(argument);
  }

  /** What was undone is as before, though a reboot cannot be undone. */
  private isMade(known: KnownRun, machine: SimulatedMachine): boolean {
    if (this.history.forArgument) return isInForce(known, machine);
    const records = machine.node.runs.get(known.run)?.values() ?? [];
    const isUndoneThere = [...records].some(({ phase }) => phase === 'undone');
    return this.invariants.isRebooted(machine, known.run) && !isUndoneThere;
  }

  /** A node that is left out of service is said to be, with how that ends. */
  private requireTold({ run }: KnownRun, { node, ending, detail = '', also = [] }: NodeOutcome): void {
    if (!this.invariants.marked(run).includes(node)) return;
    if (ending === 'done' && !detail.includes('may be'))
      throw this.failure(`${node} is called done, and is out of service`);
    if (
      !/out of service until `nodemend undo/u.test(detail) ||
      !also.some(({ code }) => code === 'NODE_OUT_OF_SERVICE')
    )
      throw this.failure(`${node} is out of service, and that is not told`);
  }

  /** Everything is well again, and nothing goes wrong: what was begun can be ended, and leaves nothing behind. */
  private async setRight(): Promise<void> {
    await this.clock.pass(60_000);
    this.cluster.mend();
    this.loosen();
    await this.clock.pass(3_600_000);
    this.isWell = true;
    this.tell('all is well');
    const last = this.runs.at(-1);
    if (this.history.ends === 'resume' && last) await this.carryOut(last, { ...calm, verb: 'resume' });
    for (const known of this.runs.toReversed()) await this.undo(known);
    const marked = this.invariants.marked();
    if (marked.length > 0) throw this.failure(`marks stay on ${marked.join(', ')}`);
  }

  /** It may be repeated until nothing is left: a node in need of room waits for the others. */
  private async undo(known: KnownRun): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const ended = await this.carryOut(known, { ...calm, verb: 'undo' });
      if (typeof ended === 'string' || ended.verdict === 'done') return;
    }
  }

  private requireUnbroken(): void {
    const [broken] = this.invariants.broken;
    if (broken !== undefined) throw this.failure(broken);
  }

  private clusterUid(): string {
    const [found] = this.cluster.store
      .list({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false }, '')
      .filter(({ metadata }) => metadata.name === 'kube-system');
    return found?.metadata.uid ?? '';
  }

  private nameAt(index: number): string {
    const names = this.cluster.names();
    return names[index % names.length] ?? '';
  }

  private tellEvent(event: RunEvent): void {
    if (event.event === 'step-ended')
      this.tell(`  ${event.node} ${event.step} ${event.outcome}${event.detail === '' ? '' : `: ${event.detail}`}`);
    if (event.event === 'stopping') this.tell(`  stopping: ${JSON.stringify(event.reason)}`);
  }

  private tell(what: string): void {
    this.told.push(`${String(Math.round(this.clock.now / 1000)).padStart(6)} s  ${what}`);
  }

  private failure(what: string): Error {
    return new Error(`${what}\n${this.told.join('\n')}`);
  }
}

const head = { problem: 'container-logs', cures: ['0123456789ab'], why: { key: 'plan.rule', params: {} } } as const;

function argumentAction({ name, node }: SimulatedMachine, argument: string): FileAction {
  const now = node.files.get(bootFile);
  const from = now === undefined ? 'absent' : fileState(now);
  const to = fileState(`${argument}\n`);
  return { ...head, kind: 'file', id: `file:${name}`, node: name, path: bootFile, from, to, validate: [], verify: [] };
}

function rebootAction({ name, bootId }: SimulatedMachine, inForce: RebootAction['inForce']): RebootAction {
  const id = `reboot:${name}`;
  return { ...head, kind: 'reboot', id, node: name, disrupts: 'reboot', bootId, inForce, withinSeconds: 900 };
}

/** Whether what a run is for is in force: its argument, or that the node is in another boot than when it was planned. */
function isInForce(known: KnownRun, machine: SimulatedMachine): boolean {
  const argument = argumentOf(known, machine);
  return argument === undefined
    ? machine.bootId !== rebootOf(known, machine)?.bootId
    : machine.node.hasArgument(argument);
}

function argumentOf(known: KnownRun, machine: SimulatedMachine): string | undefined {
  return rebootOf(known, machine)?.inForce[0]?.argument;
}

function rebootOf({ plan }: KnownRun, { name }: SimulatedMachine): RebootAction | undefined {
  const action = plan.actions.find((one) => one.kind === 'reboot' && one.node === name);
  return action?.kind === 'reboot' ? action : undefined;
}

function ask(dependencies: RunDependencies, { run, plan }: KnownRun, { verb, withPlan }: Move): Promise<RunResult> {
  const given = withPlan ? { plan: { plan, file: 'plan.json' } } : {};
  if (verb === 'apply') return applyPlan({ ...dependencies, plan });
  if (verb === 'resume') return resumeRun({ ...dependencies, run, ...given });
  return undoRun({ ...dependencies, run, ...given });
}

function nodeWords({ node, ending, left, step, code, detail }: NodeOutcome): string {
  return [node, ending, left, step, code, detail].filter((word) => word !== undefined).join(' ');
}

const soon: Boot = { seconds: 30, comes: 'back' };

/** A command while nothing goes wrong. */
export const calm = {
  verb: 'undo',
  who: 0,
  run: 0,
  withPlan: true,
  pause: 0,
  mishaps: [],
  happenings: [],
} as const satisfies Move;
