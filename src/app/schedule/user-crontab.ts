import { withFileLock } from '../../transport/known-hosts/file-lock.ts';
import { runLocalProgram, type LocalProgramEnd } from '../../transport/local/local-program.ts';
import { withoutHeader } from '../../engine/schedule/crontab-text.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { writeWhole } from '../../files/write-whole.ts';
import type { Environment } from '../ports.ts';
import type { ScheduleFolder } from './schedule-folder.ts';

/** Debian's and cronie's words, and busybox', for a user who has none. In the language C. */
const noCrontab = /no crontab for |can't open .*: No such file or directory/;

/**
 * The user's crontab, a character for each byte: comments may be in any encoding. Empty where there is none. @throws
 * NodemendError CRONTAB_FAILED
 */
export async function readCrontab(environment: Environment): Promise<string> {
  const { exitCode, stdout, stderr } = await crontab(['-l'], environment);
  if (exitCode === 0) return withoutHeader(stdout.toString('latin1'));
  if (noCrontab.test(stderr.toString())) return '';
  throw failed(stderr);
}

/** Another nodemend needs no longer than this for its own edit. */
const patienceMs = 10_000;

interface CrontabEdit {
  /** Pure; throws when it cannot. Gives the whole new text. */
  readonly edit: (crontab: string) => string;
  readonly folder: ScheduleFolder;
  readonly environment: Environment;
}

/**
 * Changes the user's crontab, which crontab(1) can only replace whole: what it was is kept, it is looked at again right
 * before, and read back. Two nodemends wait for each other. @throws NodemendError CRONTAB_FAILED, CRONTAB_NOT_KEPT
 */
export async function editCrontab({ edit, folder, environment }: CrontabEdit): Promise<void> {
  const replace = async (): Promise<void> => {
    const before = await readCrontab(environment);
    const after = edit(before);
    if (after === before) return;
    await writeWhole(folder.crontabBefore, [Buffer.from(before, 'latin1')], { mode: 0o600 });
    if ((await readCrontab(environment)) !== before)
      throw new NodemendError('CRONTAB_NOT_KEPT', { path: folder.crontabBefore });
    const { exitCode, stderr } =
      after === ''
        ? await crontab(['-r'], environment)
        : await crontab(['-'], environment, Buffer.from(after, 'latin1'));
    if (exitCode !== 0) throw failed(stderr);
    if ((await readCrontab(environment)) !== after)
      throw new NodemendError('CRONTAB_NOT_KEPT', { path: folder.crontabBefore });
  };
  await withFileLock(folder.crontabBefore, replace, patienceMs).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    throw new NodemendError('CRONTAB_FAILED', { detail: (error as Error).message }, { cause: error });
  });
}

async function crontab(args: readonly string[], environment: Environment, input?: Buffer): Promise<LocalProgramEnd> {
  try {
    return await runLocalProgram({
      program: 'crontab',
      args,
      environment: { ...environment, LC_ALL: 'C', CRONTAB_NOHEADER: 'N' },
      limitMs: 30_000,
      keepBytes: Infinity,
      ...(input ? { input } : {}),
    });
  } catch (cause) {
    throw new NodemendError(
      'CRONTAB_FAILED',
      { detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

function failed(stderr: Buffer): NodemendError {
  return new NodemendError('CRONTAB_FAILED', { detail: stderr.toString().trim().split('\n').at(-1) ?? '' });
}
