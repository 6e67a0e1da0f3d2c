import { readFile, stat } from 'node:fs/promises';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { isBroken, parseDockerConfig, type DockerConfigProblem } from '../../registry/docker-config/docker-config.ts';
import { loginFor, type UsableLogin } from '../../registry/docker-config/login-for.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { faultContext } from './file-fault.ts';

/** The login for a reference, `host/repository:tag`; undefined where there is none. */
export type LoginOf = (reference: string) => UsableLogin | undefined;

/** Which text says what is wrong with the content. */
const contents = {
  empty: 'empty',
  'not-json': 'not_json',
  'wrong-shape': 'wrong_shape',
  'auth-not-base64': 'auth_not_base64',
  'auth-without-colon': 'auth_without_colon',
} as const satisfies Readonly<Record<DockerConfigProblem, string>>;

const largest = 1024 * 1024;

/**
 * Reads a file as `docker login` and `podman login` write it. As with a private key, others must not be able to read it.
 * @throws NodemendError REGISTRY_LOGINS_UNUSABLE; nothing of the file's content is in it
 */
export async function readRegistryLogins(file: string): Promise<LoginOf> {
  const text = await readOwn(file);
  const config = parseDockerConfig(text, 'kubernetes.io/dockerconfigjson');
  if (isBroken(config)) throw unusable(file, { problem: config.problem, context: contents[config.problem] });
  return (reference) => {
    const parsed = parseReference(reference);
    return isInvalid(parsed) ? undefined : loginFor(config.entries, parsed);
  };
}

async function readOwn(file: string): Promise<string> {
  try {
    const { mode, size } = await stat(file);
    if ((mode & 0o170000) !== 0o100000) throw unusable(file, { problem: 'not a regular file', context: 'irregular' });
    if ((mode & 0o077) !== 0) throw unusable(file, { problem: `mode ${(mode & 0o777).toString(8)}`, context: 'open' });
    if (size > largest) throw unusable(file, { problem: `${size} bytes`, context: 'large' });
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || isNodemendError(error)) throw error;
    const problem = String(error.code);
    throw unusable(file, { problem, ...faultContext(problem) }, error);
  }
}

/** What is wrong with it, and which of its texts says so. */
interface Fault {
  readonly problem: string;
  readonly context?: string;
}

function unusable(file: string, fault: Fault, cause?: Error): NodemendError {
  return new NodemendError('REGISTRY_LOGINS_UNUSABLE', { file, ...fault }, cause === undefined ? {} : { cause });
}
