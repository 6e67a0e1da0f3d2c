import { resolve } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { writeOutput } from '../../files/write-output.ts';
import type { CommandContext } from '../command-context.ts';
import type { Sink } from './output.ts';

/** The next one is made when the one before was taken: a slow reader would have all of them wait in memory. */
async function writePieces(pieces: Iterable<string>, data: Sink): Promise<void> {
  for (const piece of pieces) {
    data.write(piece);
    await data.flush();
    if (data.closed()) return;
  }
}

/**
 * Writes a command's data, in one or in pieces, to standard output, or with `--out` to a file: whole or not at all, and unless `mode` says
 * otherwise for its owner only, because what is found on nodes is nobody else's business.
 * @throws NodemendError OUTPUT_NOT_WRITTEN, PATH_UNSAFE
 */
export async function writeResult(
  text: string | Iterable<string>,
  out: string | undefined,
  { output, workingFolder }: CommandContext,
  mode = 0o600,
): Promise<void> {
  const pieces = typeof text === 'string' ? [text] : text;
  if (out === undefined || out === '-' || out === '/dev/stdout') {
    await writePieces(pieces, output.data);
    return;
  }
  const path = resolve(workingFolder, out);
  try {
    await writeOutput(path, pieces, { mode });
  } catch (cause) {
    if (isNodemendError(cause)) throw cause;
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('OUTPUT_NOT_WRITTEN', { path, fault }, { cause });
  }
}
