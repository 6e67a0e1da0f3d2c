import { CommanderError, type Command } from 'commander';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { commandOf, usageError } from './usage-error.ts';

/** Errors whose hint names an option that only some commands have: the text of those that do. */
const withOption: Partial<Readonly<Record<ErrorCode, { readonly option: string; readonly context: string }>>> = {
  KUBECONFIG_MISSING: { option: '--hosts', context: 'orHosts' },
};

/**
 * What a command threw, as it is told: mistakes in typing in our words, and no hint that names an option which the
 * command does not have. Undefined when commander threw only to end after help.
 */
export function toldError(thrown: unknown, program: Command, argv: readonly string[]): unknown {
  if (thrown instanceof CommanderError) return usageError(thrown, program, argv);
  const hint = isNodemendError(thrown) ? withOption[thrown.code] : undefined;
  if (!isNodemendError(thrown) || hint === undefined) return thrown;
  const isThere = commandOf(program, argv).options.some(({ long }) => long === hint.option);
  return isThere
    ? new NodemendError(thrown.code, { ...thrown.params, context: hint.context }, { cause: thrown })
    : thrown;
}
