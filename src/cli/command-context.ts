import type { Output } from './render/output.ts';
import type { Texts } from '../app/texts/texts.ts';

/** What a command is given to work with; made once in `main.ts`. */
export interface CommandContext {
  readonly texts: Texts;
  /** Whether `--lang` was given, before the command or after it: then it wins over the configuration. */
  readonly languageNamed: boolean;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C: stop starting new work, keep what arrived, say how to go on. */
  readonly interrupt: AbortSignal;
  /** The folder that relative paths of options start from. */
  readonly workingFolder: string;
}

/** Carries a command out and ends the process with the exit code it resolves to. */
export type RunCommand = (work: (context: CommandContext) => Promise<number>) => Promise<void>;
