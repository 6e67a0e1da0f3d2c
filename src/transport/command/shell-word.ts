import { NodemendError } from '../../errors/nodemend-error.ts';

/**
 * One word of POSIX sh that stands for exactly `value`, whatever it holds. Between single quotes everything but a
 * single quote is itself (POSIX.1-2017, XCU 2.2.2); a newline too.
 *
 * For `sh` alone: csh reads `!` and a newline between single quotes, fish reads `\`. Nothing made here reaches a login
 * shell, see `remote-command.ts`.
 * @throws NodemendError COMMAND_ARGUMENT_UNUSABLE for a NUL byte, which no argument can hold.
 */
export function shellWord(value: string): string {
  if (value.includes('\0')) throw new NodemendError('COMMAND_ARGUMENT_UNUSABLE', { problem: 'it contains a NUL byte' });
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
