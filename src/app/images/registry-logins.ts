import { readFile, stat } from 'node:fs/promises';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { isBroken, parseDockerConfig } from '../../registry/docker-config/docker-config.ts';
import { loginFor, type UsableLogin } from '../../registry/docker-config/login-for.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';

/** The login for a reference, `host/repository:tag`; undefined where there is none. */
export type LoginOf = (reference: string) => UsableLogin | undefined;

const largest = 1024 * 1024;

/**
 * Reads a file as `docker login` and `podman login` write it. As with a private key, others must not be able to read it.
 * @throws NodemendError REGISTRY_LOGINS_UNUSABLE; nothing of the file's content is in it
 */
export async function readRegistryLogins(file: string): Promise<LoginOf> {
  const text = await readOwn(file);
  const config = parseDockerConfig(text, 'kubernetes.io/dockerconfigjson');
  if (isBroken(config)) throw unusable(file, config.problem);
  return (reference) => {
    const parsed = parseReference(reference);
    return isInvalid(parsed) ? undefined : loginFor(config.entries, parsed);
  };
}

async function readOwn(file: string): Promise<string> {
  try {
    const { mode, size } = await stat(file);
    if ((mode & 0o170000) !== 0o100000) throw unusable(file, 'not a regular file');
    if ((mode & 0o077) !== 0) throw unusable(file, `mode ${(mode & 0o777).toString(8)}, so others can read it`);
    if (size > largest) throw unusable(file, `${size} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && !isNodemendError(error))
      throw unusable(file, String(error.code), error);
    throw error;
  }
}

function unusable(file: string, problem: string, cause?: Error): NodemendError {
  return new NodemendError('REGISTRY_LOGINS_UNUSABLE', { file, problem }, cause === undefined ? {} : { cause });
}
