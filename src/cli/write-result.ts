import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { CommandContext } from './command-context.ts';

/**
 * Writes a command's data to standard output, or with `--out` to a file: whole or not at all, and unless `mode` says
 * otherwise for its owner only, because what is found on nodes is nobody else's business.
 * @throws NodemendError OUTPUT_NOT_WRITTEN
 */
export async function writeResult(
  text: string,
  out: string | undefined,
  { output, workingFolder }: CommandContext,
  mode = 0o600,
): Promise<void> {
  if (out === undefined || out === '-') {
    output.data.write(text);
    return;
  }
  const path = resolve(workingFolder, out);
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await writeFile(staged, text, { mode, flush: true });
    await rename(staged, path);
  } catch (cause) {
    await rm(staged, { force: true });
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('OUTPUT_NOT_WRITTEN', { path, fault }, { cause });
  }
}
