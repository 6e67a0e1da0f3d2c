import { setTimeout as delay } from 'node:timers/promises';
import type { Ports } from '../app/ports.ts';
import type { Texts } from '../app/texts/texts.ts';
import { renderError } from './render/error.ts';
import type { TellEvent } from './runs/with-events.ts';
import type { Output } from './render/output.ts';
import { contextFor } from './render/render-context.ts';

/** What a command is given to work with; made once in `main.ts`. */
export interface CommandContext extends Ports {
  readonly output: Output;
  /** Where somebody asked for the events of a run: each goes there as it happens. */
  readonly tellEvent?: TellEvent;
}

type Given = Pick<CommandContext, 'texts' | 'languageNamed' | 'output' | 'environment' | 'interrupt' | 'workingFolder'>;

/** The ports of a command line: people are asked on the terminal, and told on standard error. */
export function commandContext(given: Given): CommandContext {
  const {
    output: { notes },
    interrupt: signal,
  } = given;
  return {
    ...given,
    now: () => new Date(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    prompts: {
      passphrase: async (key, { t }: Texts) => {
        const { askPassphrase } = await import('./prompts/ask-passphrase.ts');
        return askPassphrase({ ...key, signal }, notes, t);
      },
    },
    onTrouble: (trouble) => notes.write(renderError(trouble, { debug: false }, contextFor(notes, given.texts))),
    watchNodes: async ({ t }) => {
      const { nodeProgress } = await import('./render/node-progress.ts');
      return nodeProgress(notes, t);
    },
  };
}

/** Carries a command out and ends the process with the exit code it resolves to. */
export type RunCommand = (work: (context: CommandContext) => Promise<number>) => Promise<void>;
