import { dieIf, MemoryNode, type Call, type KeptAction } from '../model/memory-node.ts';

/** What the reboot action keeps beside its record. */
interface KeptReboot extends KeptAction {
  bootBefore?: string;
  bootBeforeUndo?: string;
  notRebooted?: string;
}

interface UndoCall extends Pick<Call, 'fault'> {
  readonly run: string;
  readonly key: string;
  readonly needed: string;
}

/** What becomes of a reboot that was asked for: it comes a second later, or the command refuses. */
export type AskReboot = (run: string, why: 'apply' | 'undo') => 'comes' | 'refused';

const notBegun: ReadonlySet<string> = new Set(['none', 'staged']);

/** Where the simulated boot loader reads the kernel's arguments from. */
export const bootFile = '/etc/demo';

/**
 * A fake: what the scripts of `src/actions/reboot` do, in memory, beside those of a file action. Arguments of the kernel
 * are the lines of a file when the machine starts. The scripts themselves are under test beside their code.
 */
export class BootingNode extends MemoryNode {
  private readonly askReboot: AskReboot;
  private commandLine: readonly string[] = [];

  constructor(name: string, askReboot: AskReboot) {
    super(name);
    this.askReboot = askReboot;
    this.scripts.unshift(
      ['look.sh RUN KEY', (call) => this.look(call)],
      ['record.sh RUN SESSION KEY RECORD_BYTES', (call) => this.recordBoot(call)],
      ['request.sh RUN SESSION KEY', (call) => this.requestBoot(call)],
      ['settle.sh RUN SESSION KEY PHASE', (call) => this.settleBoot(call)],
      ['undo.sh RUN SESSION KEY NEEDED', (call) => this.undoBoot(call)],
    );
  }

  /** The kernel of this boot. */
  start(bootId: string): void {
    this.bootId = bootId;
    this.commandLine = this.written();
  }

  /** Whether the next boot has it. */
  isWritten(argument: string): boolean {
    return this.written().includes(argument);
  }

  private written(): string[] {
    return (this.files.get(bootFile) ?? '').split('\n').filter((line) => line.includes('='));
  }

  hasArgument(argument: string): boolean {
    return this.commandLine.includes(argument);
  }

  /** It was told to reboot, and has not, and has not said why: nodemend leaves what becomes of that to a person. */
  isPending(): boolean {
    const kept = [...this.runs.values()].flatMap((run) => [...run.values()]) as readonly KeptReboot[];
    return kept.some(({ phase, bootBefore, bootBeforeUndo, notRebooted }) => {
      const left = { committing: bootBefore, undoing: bootBeforeUndo }[phase];
      return left === this.bootId && notRebooted === undefined;
    });
  }

  private look({ args: [run = '', key = ''] }: Call): string {
    this.say('phase', this.phaseOf(run, key));
    this.sayBoot(run, key);
    return 'done';
  }

  private recordBoot({ args: [run = '', session = '', key = ''], input, fault }: Call): string {
    if (!this.holds(run, session)) return 'refused';
    const phase = this.phaseOf(run, key);
    if (phase === 'undoing' || phase === 'undone') return this.refuse('run-undone');
    if (phase !== 'none' && phase !== 'staged') return 'already';
    const kept = this.runs.get(run) ?? new Map<string, KeptAction>();
    this.runs.set(run, kept);
    const action: KeptReboot = {
      phase: 'none',
      record: input.toString(),
      after: undefined,
      before: undefined,
      bootBefore: this.bootId,
    };
    kept.set(key, action);
    dieIf(fault === 'died-early');
    action.phase = 'staged';
    dieIf(fault === 'died-late');
    this.sayBoot(run, key);
    return 'done';
  }

  private requestBoot({ args: [run = '', session = '', key = ''], fault }: Call): string {
    if (!this.holds(run, session)) return 'refused';
    const action = this.kept(run, key);
    if (!action || !['staged', 'committing', 'committed', 'kept'].includes(action.phase))
      return this.fail('not-staged');
    if (action.phase !== 'staged') return 'already';
    action.bootBefore = this.bootId;
    action.phase = 'committing';
    dieIf(fault === 'died-early');
    this.ask(action, run, 'apply');
    dieIf(fault === 'died-late');
    return 'done';
  }

  private settleBoot({ args: [run = '', session = '', key = '', reached = ''], fault }: Call): string {
    if (!this.holds(run, session)) return 'refused';
    const action = this.kept(run, key);
    if (!action) return this.fail('write-failed');
    dieIf(fault === 'died-early');
    action.phase = reached;
    dieIf(fault === 'died-late');
    return 'done';
  }

  private undoBoot({ args, fault }: Call): string {
    const [run, session, key, needed] = args.map(String) as [string, string, string, string];
    if (!this.holds(run, session)) return 'refused';
    const action = this.kept(run, key);
    if (action?.phase === 'undone') return 'already';
    if (!action || notBegun.has(action.phase)) {
      this.runs.get(run)?.delete(key);
      return 'already';
    }
    return this.undoRequested(action, { run, key, needed, fault });
  }

  private undoRequested(action: KeptReboot, { run, key, needed, fault }: UndoCall): string {
    const isPending = action.phase === 'committing' && this.bootId === action.bootBefore;
    if (isPending && action.notRebooted === undefined) return this.refuse('reboot-pending');
    if (action.phase === 'undoing' && action.notRebooted === undefined) return 'done';
    if (isPending || needed === 'no') {
      action.phase = 'undone';
      return 'already';
    }
    if (needed === 'ask') {
      this.sayBoot(run, key);
      return 'asked';
    }
    action.bootBeforeUndo = this.bootId;
    action.phase = 'undoing';
    dieIf(fault === 'died-early');
    this.ask(action, run, 'undo');
    dieIf(fault === 'died-late');
    return 'done';
  }

  private ask(action: KeptReboot, run: string, why: 'apply' | 'undo'): void {
    delete action.notRebooted;
    if (this.askReboot(run, why) === 'refused') action.notRebooted = 'Access denied';
  }

  private sayBoot(run: string, key: string): void {
    const action = this.kept(run, key);
    this.say('boot-id', this.bootId);
    this.say('before', action?.bootBefore ?? '');
    this.say('before-undo', action?.bootBeforeUndo ?? '');
    if (action?.notRebooted !== undefined) this.say('not-rebooted', action.notRebooted);
    for (const argument of this.commandLine) this.say('argument', argument);
  }

  private kept(run: string, key: string): KeptReboot | undefined {
    return this.runs.get(run)?.get(key);
  }
}
