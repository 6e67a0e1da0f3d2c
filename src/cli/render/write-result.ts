import { resolve } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { requireWritable, writeOutput } from '../../files/write-output.ts';
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
  await writeOutput(path, pieces, { mode }).catch((cause: unknown) => {
    throw notWritten(path, cause);
  });
}

/**
 * Tells before anything is asked what the writing would tell after minutes of it. @throws NodemendError OUTPUT_NOT_WRITTEN,
 * PATH_UNSAFE
 */
export function requireOut(out: string | undefined, { workingFolder }: Pick<CommandContext, 'workingFolder'>): void {
  if (out === undefined || out === '-') return;
  const path = resolve(workingFolder, out);
  try {
    requireWritable(path);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/** @returns what is thrown: a disk that is full, a folder that is not there */
export function notWritten(path: string, cause: unknown): unknown {
  if (isNodemendError(cause) || !(cause instanceof Error) || !('code' in cause)) return cause;
  return new NodemendError('OUTPUT_NOT_WRITTEN', { path, fault: String(cause.code) }, { cause });
}
