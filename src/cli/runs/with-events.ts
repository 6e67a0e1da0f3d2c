import { Option, type Command } from 'commander';
import { jsonLine } from '../../app/documents/json-text.ts';
import type { RunEventDocument } from '../../app/documents/run-events/schema.ts';
import type { Translate } from '../../app/texts/texts.ts';
import type { RunEvent } from '../../engine/run.ts';
import { knownError } from '../../errors/known-error.ts';
import type { CommandContext } from '../command-context.ts';
import { interruptedExit } from '../interrupt.ts';
import { errorExit } from '../render/error.ts';

/** Events that belong to no run: the plan that is put up for approval, what it will take, how the command ended. */
type CommandEvent = DistributiveOmit<
  Extract<RunEventDocument, { readonly event: 'planned' | 'estimate' | 'exit' }>,
  'schema' | 'at'
>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One of them, without its name. */
export type EventWords<Name extends CommandEvent['event']> = Omit<
  Extract<CommandEvent, { readonly event: Name }>,
  'event'
>;

export type TellEvent = (event: RunEvent | CommandEvent) => void;

export interface EventOptions {
  readonly output: 'table' | 'json';
}

export function withEventOutput(command: Command, t: Translate): Command {
  return command.addOption(
    new Option('-o, --output <format>', t('option.runOutput')).choices(['table', 'json']).default('table'),
  );
}

/**
 * With `-o json` standard output is events alone, a document a line (`run-events/schema.ts`), and everything for people
 * goes to standard error. The last line says in every case how the command ended.
 */
export async function withEvents(
  context: CommandContext,
  { output: format }: EventOptions,
  work: (context: CommandContext) => Promise<number>,
): Promise<number> {
  if (format !== 'json') return work(context);
  const { output, now, interrupt } = context;
  const tellEvent: TellEvent = (event) =>
    output.data.write(jsonLine({ ...head(now()), ...event } satisfies RunEventDocument));
  try {
    const exitCode = await work({ ...context, output: { ...output, data: output.notes }, tellEvent });
    tellEvent({ event: 'exit', exitCode: interrupt.aborted ? interruptedExit : exitCode });
    return exitCode;
  } catch (error) {
    tellEvent(endedBy(error));
    throw error;
  }
}

function head(now: Date): { readonly schema: 'nodemend.dev/run-event/v1'; readonly at: string } {
  return { schema: 'nodemend.dev/run-event/v1', at: now.toISOString() };
}

function endedBy(error: unknown): CommandEvent {
  if (error instanceof Error && error.name === 'AbortError') return { event: 'exit', exitCode: interruptedExit };
  const detail = error instanceof Error ? error.message : String(error);
  return { event: 'exit', exitCode: errorExit(error), error: { ...knownError(error), detail } };
}
