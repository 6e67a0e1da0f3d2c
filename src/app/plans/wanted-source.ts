import { constants, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SourceFile, WantedFile } from '../../problems/kit/synchronise.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { SynchronisedProblem } from '../problems/synchronised.ts';

export interface WantedSource extends SynchronisedProblem {
  readonly wanted: Required<WantedFile>;
}

/**
 * @throws NodemendError SOURCE_PATH_REFUSED before the source is read, SOURCE_UNREADABLE, SOURCE_REFUSED; all before
 * any node is contacted
 */
export async function readWantedSource(
  from: string,
  path: string | undefined,
  found: SynchronisedProblem,
  context: Ports & Loaded,
): Promise<Required<WantedFile>> {
  const settled = wantedPath(path, found, context);
  return { path: settled, source: await readSource(from, settled, found, context) };
}

/** Where the file stands on the nodes. @throws NodemendError SOURCE_PATH_REFUSED */
export function wantedPath(
  path: string | undefined,
  { problem, synchronise }: SynchronisedProblem,
  { texts: { t } }: Ports & Loaded,
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
  { workingFolder, texts: { t } }: Ports & Loaded,
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
