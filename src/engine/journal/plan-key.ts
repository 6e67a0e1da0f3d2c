import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { ownFile } from '../../files/own-file.ts';
import { makeOwnFolder } from '../../files/own-path.ts';
import { syncFolder } from '../../files/write-whole.ts';

const name = 'plan-key.pem';

/**
 * The key with which this user signs plans on this machine, ed25519; undefined where none was ever signed. It never
 * leaves the machine and is not a secret of a cluster: whoever has it can make plans that are taken for this user's
 * own.
 * @throws NodemendError PLAN_KEY_INVALID, PATH_UNSAFE
 */
export async function readPlanKey(folder: string): Promise<KeyObject | undefined> {
  const path = join(folder, name);
  try {
    const real = ownFile(path);
    const { mode } = await stat(real);
    if ((mode & 0o077) !== 0) throw invalid(path, 'others may read it');
    const key = createPrivateKey(await readFile(real, 'utf8'));
    if (key.asymmetricKeyType !== 'ed25519') throw invalid(path, 'no ed25519 key');
    return key;
  } catch (error) {
    if (isNodemendError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * The same, made where there is none yet. @throws NodemendError PLAN_KEY_INVALID, PATH_UNSAFE; JOURNAL_UNWRITABLE where
 * it cannot be kept
 */
export async function ownPlanKey(folder: string): Promise<KeyObject> {
  const known = await readPlanKey(folder);
  if (known) return known;
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    await place(makeOwnFolder(folder), String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  } catch (error) {
    if (isNodemendError(error)) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new NodemendError('JOURNAL_UNWRITABLE', { path: join(folder, name), problem }, { cause: error });
  }
  // Of two processes that made one at a time, both take the one that was first.
  return (await readPlanKey(folder)) ?? privateKey;
}

/** Whole or not at all, and never over another key: plans are signed with that. */
async function place(folder: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(12).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, join(folder, name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
}

function invalid(path: string, problem: string, cause?: unknown): NodemendError {
  return new NodemendError('PLAN_KEY_INVALID', { path, problem }, { cause });
}
