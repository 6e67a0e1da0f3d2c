import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldOutput } from '../../src/app/documents/testing/held-to-schema.ts';
import type { JournalEntry } from '../../src/engine/journal/entry.ts';
import type { TestCluster } from './test-cluster.ts';

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
}

/** A command on a terminal of its own, which `script` makes: what is written to it is typed. */
export interface TerminalCommand extends RunningCommand {
  /** What has been on the screen so far, escape sequences and all. */
  readonly screen: () => string;
  readonly type: (keys: string) => void;
}

/** Somebody at a machine of their own: a home, a state folder, a working folder and nodemend. */
export interface Operator {
  readonly folder: string;
  readonly nodemend: (...args: readonly string[]) => Promise<CommandResult>;
  readonly start: (...args: readonly string[]) => RunningCommand;
  /** With both of its outputs into a file or a device, such as /dev/full. */
  readonly startInto: (path: string, ...args: readonly string[]) => RunningCommand;
  readonly onTerminal: (...args: readonly string[]) => TerminalCommand;
  /** Ids of the runs that this machine has a journal of, as they were begun: the names of one minute sort by chance. */
  readonly runs: () => readonly string[];
  readonly journal: (run: string) => readonly JournalEntry[];
  /** Waits until a journal beyond those in `known` has an entry that fits. @returns its run */
  readonly journalled: (known: readonly string[], fits: (entry: JournalEntry) => boolean) => Promise<string>;
  readonly leave: () => void;
}

const root = join(import.meta.dirname, '../..');
let isBuilt = false;

/**
 * Arguments of Node that run the command line of this checkout: its bundle, made anew when a source changed, as
 * `bin/nodemend` starts it.
 */
export function nodemendArguments(...args: readonly string[]): readonly string[] {
  if (!isBuilt) execFileSync(join(root, 'bin/nodemend'), ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
  isBuilt = true;
  return ['--max-semi-space-size=16', join(root, 'dist/main.js'), ...args];
}

export function operatorOf(
  cluster: TestCluster | undefined,
  environment: Readonly<Record<string, string>> = {},
): Operator {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-operator-'));
  const [home, state] = [join(folder, 'home'), join(folder, 'state')];
  for (const path of [home, state]) mkdirSync(path, { mode: 0o700 });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_STATE_HOME: state,
    LANG: 'C.UTF-8',
    ...cluster?.environment,
    ...environment,
  };
  const runsFolder = join(state, 'nodemend', 'runs');
  const runs = (): readonly string[] =>
    namesIn(runsFolder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => ({ id: name.slice(0, -6), began: statSync(join(runsFolder, name)).birthtimeMs }))
      .toSorted((a, b) => a.began - b.began || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
  const journal = (run: string): readonly JournalEntry[] =>
    wholeLines(join(runsFolder, `${run}.jsonl`)).map((line) => JSON.parse(line) as JournalEntry);
  const start = (...args: readonly string[]): RunningCommand => {
    const child = spawn(process.execPath, nodemendArguments(...args), {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: held(outcome(child), args) };
  };
  const startInto = (path: string, ...args: readonly string[]): RunningCommand => {
    const output = openSync(path, 'a');
    try {
      const child = spawn(process.execPath, nodemendArguments(...args), {
        cwd: folder,
        env,
        stdio: ['ignore', output, output],
      });
      const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, stdout: '', stderr: '' }));
      return { child, ended };
    } finally {
      closeSync(output);
    }
  };
  const onTerminal = (...args: readonly string[]): TerminalCommand => {
    const words = [process.execPath, ...nodemendArguments(...args)].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--command', words, '/dev/null'], {
      cwd: folder,
      env: { ...env, TERM: 'xterm' },
    });
    let screen = '';
    child.stdout.on('data', (text: string) => (screen += text));
    return { child, ended: outcome(child), screen: () => screen, type: (keys) => void child.stdin.write(keys) };
  };
  return {
    folder,
    start,
    startInto,
    onTerminal,
    nodemend: (...args) => start(...args).ended,
    runs,
    journal,
    journalled: async (known, fits) => {
      // What did not grow has nothing new: to take it apart a thousand times a second would keep a processor from what is waited for.
      const sizes = new Map<string, number>();
      const hasGrown = (id: string): boolean => {
        const { size } = statSync(join(runsFolder, `${id}.jsonl`));
        const grown = sizes.get(id) !== size;
        sizes.set(id, size);
        return grown;
      };
      for (const deadline = Date.now() + 50_000; Date.now() < deadline; await sleep(1)) {
        const run = runs().find((id) => !known.includes(id) && hasGrown(id) && journal(id).some(fits));
        if (run !== undefined) return run;
      }
      throw new Error('the journal never had that entry');
    },
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Whatever a suite asks for as JSON is held to its published schema; one that a signal ended may be cut short. */
async function held(ended: Promise<CommandResult>, args: readonly string[]): Promise<CommandResult> {
  const result = await ended;
  if (result.exitCode !== null) heldOutput(args, result.stdout);
  return result;
}

async function outcome(child: ChildProcess): Promise<CommandResult> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...text };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A journal is read while it grows: its last line may not be all there. */
function wholeLines(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '');
}
