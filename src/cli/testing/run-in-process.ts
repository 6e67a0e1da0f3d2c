import { portsIn, type Surroundings as PortsSurroundings } from '../../app/testing/ports.ts';
import { commandContext, type CommandContext } from '../command-context.ts';
import { applyToAll, buildProgram, helpTo } from '../program.ts';
import { createOutput, type Output, type OutputStream } from '../render/output.ts';
import { typedWords } from '../parsing/typed-words.ts';
import { toldError } from '../parsing/told-error.ts';

export interface Surroundings extends PortsSurroundings {
  readonly columns?: number;
  /** What happens between two looks of a watch, which takes no time then; it is told what was printed so far. */
  readonly betweenLooks?: (printed: string, ms: number) => void;
}

export interface CommandEnd {
  /** Undefined where the command threw. */
  readonly code: number | undefined;
  readonly error: unknown;
  readonly data: string;
  readonly notes: string;
}

export interface RecordedOutput {
  readonly output: Output;
  readonly data: () => string;
  readonly notes: () => string;
}

/** What a command prints, for a pipe of so many columns. */
export function recordedOutput(columns = 80): RecordedOutput {
  const [data, notes] = [collector(), collector()];
  return { output: createOutput(data, notes, { COLUMNS: String(columns) }), data: data.text, notes: notes.text };
}

function collector(): OutputStream & { readonly text: () => string } {
  let all = '';
  const write = (text: string, done?: () => void): void => {
    all += text;
    done?.();
  };
  return { write, on: () => undefined, text: () => all };
}

/** The context of a command that nobody interrupts. The user's own files are out of its sight. */
export function contextIn(surroundings: Surroundings, output: Output): CommandContext {
  return commandContext({ ...portsIn(surroundings), output });
}

/**
 * A command as it is typed, in this process; `main.ts` adds only the signals and the printing of errors. What it prints
 * as JSON is held to its published schema.
 */
export async function runInProcess(typed: readonly string[], surroundings: Surroundings = {}): Promise<CommandEnd> {
  const { output, data, notes } = recordedOutput(surroundings.columns);
  const { betweenLooks } = surroundings;
  const context: CommandContext = {
    ...contextIn(surroundings, output),
    ...(betweenLooks && { sleep: (ms) => Promise.resolve(betweenLooks(data(), ms)) }),
  };
  let code: number | undefined;
  const program = await buildProgram(context.texts, async (work) => {
    code = await work(context);
  });
  applyToAll(program, (command) => command.configureOutput(helpTo(output.data)));
  const argv = typedWords(program, typed);
  try {
    await program.parseAsync(argv, { from: 'user' });
    await holdJson(typed, data());
    return { code, error: undefined, data: data(), notes: notes() };
  } catch (thrown) {
    const error = toldError(thrown, program, argv);
    return { code: error === undefined ? 0 : undefined, error, data: data(), notes: notes() };
  }
}

/** The validator is loaded for those that ask for JSON alone. */
async function holdJson(typed: readonly string[], data: string): Promise<void> {
  if (!typed.some((word) => word.endsWith('json'))) return;
  const { heldOutput } = await import('../../app/documents/testing/held-to-schema.ts');
  heldOutput(typed, data);
}
