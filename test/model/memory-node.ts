import { createHash } from 'node:crypto';
import { NodemendError } from '../../src/errors/nodemend-error.ts';
import type { ExecRequest, ExecResult, NodeConnection } from '../../src/transport/transport.ts';

/** How a call to a node goes wrong; `died` kills the script in its middle, at one of two places. */
export type Fault = 'lost-before' | 'lost-after' | 'died-early' | 'died-late';

export interface KeptAction {
  phase: string;
  record: string;
  after: string | undefined;
  before: string | undefined;
}

export interface Call {
  readonly args: readonly string[];
  readonly input: Buffer;
  readonly fault: Fault | undefined;
}

/** Ends a script where it is, as SIGKILL does. */
class Died extends Error {}

export function dieIf(dies: boolean): void {
  if (dies) throw new Died();
}

/** The first arguments of the scripts of a file action. */
function placeIn(args: readonly string[]): {
  readonly [Name in 'run' | 'session' | 'key' | 'path' | 'from' | 'to']: string;
} {
  const [run, session, key, path, from, to] = args.map(String);
  return { run: `${run}`, session: `${session}`, key: `${key}`, path: `${path}`, from: `${from}`, to: `${to}` };
}

const mayBeInForce: ReadonlySet<string> = new Set(['committing', 'committed', 'kept']);
const neverMade: ReadonlySet<string> = new Set(['none', 'staged']);
const undone: ReadonlySet<string> = new Set(['undoing', 'undone']);

/**
 * A fake: what the node-side scripts do to files, records and locks, in memory, so that thousands of histories fit into
 * seconds. It knows file actions without flags, attributes and folders alone. `histories.root.test.ts` plays some of the
 * same histories on the real scripts; what they do beyond this is tested beside them.
 */
export class MemoryNode {
  readonly name: string;
  machineId: string;
  bootId = '';
  readonly files = new Map<string, string>();
  readonly runs = new Map<string, Map<string, KeptAction>>();
  lock: { readonly run: string; readonly session: string; readonly owner: string; readonly since: string } | undefined;
  private said: string[] = [];

  constructor(name: string) {
    this.name = name;
    this.machineId = `machine-${name}`;
  }

  connect(next: () => Fault | undefined): NodeConnection {
    return {
      node: this.name,
      kind: 'local',
      user: 'root',
      hostKey: undefined,
      exec: async (request) => this.exec(request, next()),
      close: async () => {},
    };
  }

  private exec(request: ExecRequest, fault: Fault | undefined): ExecResult {
    if (fault === 'lost-before') throw new NodemendError('SSH_CONNECTION_LOST', { node: this.name });
    this.said = [];
    const call = { args: request.args, input: Buffer.from(request.input ?? ''), fault };
    const found = this.scripts.find(([mark]) => request.script.includes(mark));
    if (!found) return this.check(request);
    let exitCode = 0;
    try {
      this.say('outcome', found[1](call));
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      exitCode = 137;
    }
    if (fault === 'lost-after') throw new NodemendError('SSH_CONNECTION_LOST', { node: this.name });
    return answer(exitCode, this.said.join(''));
  }

  /** By the line with which each script says how it is called. */
  protected readonly scripts: (readonly [string, (call: Call) => string])[] = [
    [': lock.sh RUN', (call) => this.takeLock(call)],
    [': unlock.sh RUN', (call) => this.letGo(call)],
    [': records.sh RUN', (call) => this.records(call)],
    [': stage.sh RUN', (call) => this.stage(call)],
    [': commit.sh RUN', (call) => this.commit(call)],
    [': inspect.sh RUN', (call) => this.inspect(call)],
    [': undo.sh RUN', (call) => this.undo(call)],
  ];

  /** The checks of `test-problem.ts`: the file, staged or placed, is printed. */
  private check({ script, args: [first = '', path = ''] }: ExecRequest): ExecResult {
    const staged = [...this.runs.values()].flatMap((run) => [...run.values()]).map(({ after }) => after);
    const text = script.includes('reject-staged')
      ? staged.find((after) => after !== undefined && path !== '')
      : this.files.get(first);
    return answer(text === undefined ? 1 : 0, text ?? '');
  }

  protected say(name: string, value: string): void {
    this.said.push(`@nodemend ${name} ${value}\n`);
  }

  protected sayBytes(name: string, text: string): void {
    this.said.push(`@nodemend-bytes ${name} ${Buffer.byteLength(text)}\n${text}\n`);
  }

  private sayLock(): void {
    if (!this.lock) return;
    this.say('lock-run', this.lock.run);
    this.say('lock-owner', this.lock.owner);
    this.say('lock-since', this.lock.since);
  }

  private takeLock({ args, fault }: Call): string {
    const [run, session, owner, since, machine, boot, takeOver] = args.map(String);
    this.say('machine-id', this.machineId);
    this.say('boot-id', this.bootId);
    if (machine && machine !== this.machineId) return this.refuse('moved', 'machine-id');
    if (boot && boot !== this.bootId) return this.refuse('moved', 'boot-id');
    dieIf(fault === 'died-early');
    const was = this.lock;
    this.sayLock();
    if (was && (was.run !== run || takeOver !== 'yes')) return this.refuse('locked');
    this.lock = { run: String(run), session: String(session), owner: String(owner), since: String(since) };
    dieIf(fault === 'died-late');
    return was ? 'taken-over' : 'done';
  }

  private letGo({ args: [run = '', session = ''], fault }: Call): string {
    if (!this.lock) return 'already';
    if (!this.holds(run, session)) return 'refused';
    dieIf(fault === 'died-early');
    const kept = this.runs.get(run) ?? new Map<string, KeptAction>();
    for (const [key, action] of kept) {
      if (action.phase === 'committed') action.phase = 'kept';
      if (action.phase === 'none') kept.delete(key);
    }
    dieIf(fault === 'died-late');
    this.lock = undefined;
    return 'done';
  }

  private records({ args: [run = '', , withContent] }: Call): string {
    this.say('machine-id', this.machineId);
    this.sayLock();
    const kept = this.runs.get(run);
    if (!kept) return 'done';
    this.say('run', run);
    for (const { phase, record, after } of kept.values()) {
      if (phase === 'none') continue;
      this.say('phase', phase);
      if (withContent === 'yes' && after !== undefined) this.sayBytes('after', after);
      this.sayBytes('record', record);
    }
    return 'done';
  }

  private stage({ args, input, fault }: Call): string {
    const { run, session, key, path, from, to } = placeIn(args);
    if (!this.holds(run, session)) return 'refused';
    const now = this.stateOf(path);
    if (undone.has(this.phaseOf(run, key))) return this.refuse('run-undone');
    if (now === to) return 'already';
    if (now !== from) return this.refuseState(path);
    const kept = this.runs.get(run) ?? new Map<string, KeptAction>();
    this.runs.set(run, kept);
    const cut = Number(args[8]);
    const action = {
      phase: 'none',
      record: input.subarray(0, cut).toString(),
      after: to === 'absent' ? undefined : input.subarray(cut).toString(),
      before: this.files.get(path),
    };
    kept.set(key, action);
    dieIf(fault === 'died-early');
    action.phase = 'staged';
    dieIf(fault === 'died-late');
    return 'done';
  }

  private commit({ args, fault }: Call): string {
    const { run, session, key, path, from, to } = placeIn(args);
    if (!this.holds(run, session)) return 'refused';
    const action = this.runs.get(run)?.get(key);
    const now = this.stateOf(path);
    if (action && mayBeInForce.has(action.phase) && now === to) {
      if (action.phase === 'committing') action.phase = 'committed';
      return 'already';
    }
    if (action?.phase !== 'staged') return this.fail('not-staged');
    if (now !== from) return this.refuseState(path);
    action.phase = 'committing';
    this.replace(path, action.after, fault);
    action.phase = 'committed';
    return 'done';
  }

  private inspect({ args: [run = '', key = '', path = ''] }: Call): string {
    this.say('phase', this.phaseOf(run, key));
    this.say('state', this.stateOf(path));
    return 'done';
  }

  private undo({ args, fault }: Call): string {
    const { run, session, key, path, from, to } = placeIn(args);
    if (!this.holds(run, session)) return 'refused';
    const action = this.runs.get(run)?.get(key);
    if (!action || neverMade.has(action.phase)) {
      this.runs.get(run)?.delete(key);
      return 'already';
    }
    const now = this.stateOf(path);
    if (action.phase === 'undone') return 'already';
    if (![from, to].includes(now)) return this.refuseState(path);
    if (now === from) {
      action.phase = 'undone';
      return 'already';
    }
    action.phase = 'undoing';
    this.replace(path, action.before, fault);
    action.phase = 'undone';
    return 'done';
  }

  private replace(path: string, content: string | undefined, fault: Fault | undefined): void {
    dieIf(fault === 'died-early');
    if (content === undefined) this.files.delete(path);
    else this.files.set(path, content);
    dieIf(fault === 'died-late');
  }

  protected holds(run: string, session: string): boolean {
    if (this.lock?.run === run && this.lock.session === session) return true;
    this.sayLock();
    this.say('reason', 'lock-lost');
    return false;
  }

  protected phaseOf(run: string, key: string): string {
    return this.runs.get(run)?.get(key)?.phase ?? 'none';
  }

  private stateOf(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) return 'absent';
    return `file ${createHash('sha256').update(content).digest('hex')} 644 0 0`;
  }

  protected refuse(reason: string, words = ''): string {
    this.say('reason', reason);
    if (words !== '') this.say('words', words);
    return 'refused';
  }

  private refuseState(path: string): string {
    this.say('state', this.stateOf(path));
    return this.refuse('changed');
  }

  protected fail(reason: string): string {
    this.say('reason', reason);
    return 'failed';
  }
}

function answer(exitCode: number, text: string): ExecResult {
  return { exitCode, stdout: Buffer.from(text), stderr: Buffer.alloc(0), truncated: false, privilege: 'root' };
}
