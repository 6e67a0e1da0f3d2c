import { resolve } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { writeOutput } from '../../files/write-output.ts';
import type { CommandContext } from '../command-context.ts';

/**
 * Writes a command's data to standard output, or with `--out` to a file: whole or not at all, and unless `mode` says
 * otherwise for its owner only, because what is found on nodes is nobody else's business.
 * @throws NodemendError OUTPUT_NOT_WRITTEN, PATH_UNSAFE
 */
export async function writeResult(
  text: string,
  out: string | undefined,
  { output, workingFolder }: CommandContext,
  mode = 0o600,
): Promise<void> {
  if (out === undefined || out === '-' || out === '/dev/stdout') {
    output.data.write(text);
    return;
  }
  const path = resolve(workingFolder, out);
  try {
    await writeOutput(path, [text], { mode });
  } catch (cause) {
    if (isNodemendError(cause)) throw cause;
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('OUTPUT_NOT_WRITTEN', { path, fault }, { cause });
  }
}
