import { constants, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Problem } from '../problems/problem.ts';
import type { SourceFile, WantedFile } from '../problems/kit/synchronise.ts';
import type { CommandContext } from './command-context.ts';
import { problemOfSource, type SynchronisedProblem } from '../app/problems/synchronised.ts';
import type { Translate } from '../app/texts/texts.ts';

/** Which file the nodes are held against, and where it stands on them. */
export interface SourceOptions {
  readonly from?: string;
  readonly path?: string;
}

export function withSource(command: Command, t: Translate, { mandatory = false } = {}): Command {
  return command
    .addOption(new Option('--from <file>', t('option.from')).conflicts('remedy').makeOptionMandatory(mandatory))
    .addOption(new Option('--path <path>', t('option.pathOnNodes')));
}

/** To be typed again. */
export function sourceWords({ from, path }: SourceOptions): readonly string[] {
  return [...(from === undefined ? [] : ['--from', from]), ...(path === undefined ? [] : ['--path', path])];
}

export interface WantedSource extends SynchronisedProblem {
  readonly wanted: Required<WantedFile>;
}

/**
 * The source of a command that can do without one, for the one problem it was asked for.
 * @throws NodemendError SOURCE_WITHOUT_PROBLEM, USAGE, and those of `readWantedFile`
 */
export async function askedSource(
  options: SourceOptions,
  asked: readonly Problem[],
  command: string,
  context: CommandContext,
): Promise<WantedSource | undefined> {
  if (options.from === undefined) {
    if (options.path !== undefined)
      throw new NodemendError('USAGE', { context: 'needs', command, typed: '--path', other: '--from' });
    return undefined;
  }
  const found = problemOfSource(asked, command);
  return { ...found, wanted: await readWantedSource(options.from, options.path, found, context) };
}

/**
 * @throws NodemendError SOURCE_PATH_REFUSED before the source is read, SOURCE_UNREADABLE, SOURCE_REFUSED; all before
 * any node is contacted
 */
export async function readWantedSource(
  from: string,
  path: string | undefined,
  found: SynchronisedProblem,
  context: CommandContext,
): Promise<Required<WantedFile>> {
  const settled = wantedPath(path, found, context);
  return { path: settled, source: await readSource(from, settled, found, context) };
}

/** Where the file stands on the nodes. @throws NodemendError SOURCE_PATH_REFUSED */
export function wantedPath(
  path: string | undefined,
  { problem, synchronise }: SynchronisedProblem,
  { texts: { t } }: CommandContext,
): string {
  if (path === undefined) return synchronise.defaultPath;
  const reason = synchronise.refusePath(path);
  if (reason === undefined) return path;
  throw new NodemendError('SOURCE_PATH_REFUSED', {
    reason: t(`problems.${problem.meta.id}.${reason.key}`, reason.params),
    usual: synchronise.defaultPath,
  });
}

async function readSource(
  from: string,
  path: string,
  { problem, synchronise }: SynchronisedProblem,
  { workingFolder, texts: { t } }: CommandContext,
): Promise<SourceFile> {
  const reading = synchronise.readSource(await readStart(resolve(workingFolder, from), from), { name: from, path });
  if (reading.state === 'accepted') return reading.source;
  const words = ({ key, params }: typeof reading.reason): string => t(`problems.${problem.meta.id}.${key}`, params);
  throw new NodemendError('SOURCE_REFUSED', { reason: words(reading.reason), advice: words(reading.next) });
}

/** No file that is put onto nodes is larger; of one that is, this much is enough to refuse it. */
const mostBytes = 1024 * 1024;

/** Of a regular file only: a pipe or a terminal would be waited for. @throws NodemendError SOURCE_UNREADABLE */
async function readStart(path: string, file: string): Promise<Uint8Array> {
  try {
    // A named pipe would else be waited for until somebody writes into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('SOURCE_UNREADABLE', { file, fault }, { cause });
  }
}
