import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** A whole file, or standard input for `-`. @throws NodemendError INPUT_UNREADABLE */
async function readInput(name: string, { workingFolder }: CommandContext): Promise<string> {
  try {
    const bytes = name === '-' ? await buffer(process.stdin) : await readNamedFile(resolve(workingFolder, name), 500);
    return bytes.toString('utf8');
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('INPUT_UNREADABLE', { path: name, fault }, { cause });
  }
}

/** Its lines, untrimmed; the last needs no newline. @throws NodemendError INPUT_UNREADABLE */
export async function readLines(name: string, context: CommandContext): Promise<readonly string[]> {
  const lines = (await readInput(name, context)).split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
