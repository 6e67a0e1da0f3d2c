import { NodemendError } from '../errors/nodemend-error.ts';
import type { Credentials } from './credentials.ts';
import type { Timing } from './timing.ts';
import { readNamedFile } from '../files/read-named-file.ts';

/**
 * Kubelet replaces a mounted token long before it expires; client-go re-reads it once a minute too
 * (transport/token_source.go).
 */
const rereadAfterMs = 60_000;

/**
 * A bearer token kept in a file that somebody else renews.
 * @param fallback `token` of the kubeconfig, used while the file cannot be read, as client-go does.
 * @throws NodemendError KUBECONFIG_FILE_UNREADABLE from `current`.
 */
export function tokenFileCredentials(file: string, fallback: string | undefined, timing: Timing): Credentials {
  let token = '';
  let readAt = -Infinity;
  return {
    current: async () => {
      if (timing.monotonicMs() - readAt >= rereadAfterMs) {
        token = await readToken(file, token || fallback);
        readAt = timing.monotonicMs();
      }
      return { token };
    },
    reject: (rejected) => {
      readAt = -Infinity;
      return rejected.token !== undefined;
    },
  };
}

async function readToken(file: string, fallback: string | undefined): Promise<string> {
  try {
    const token = (await readNamedFile(file)).toString().trim();
    if (token !== '') return token;
    if (fallback) return fallback;
    throw new NodemendError('KUBECONFIG_FILE_UNREADABLE', { file, field: 'tokenFile', problem: 'it is empty' });
  } catch (error) {
    if (fallback) return fallback;
    if (error instanceof NodemendError) throw error;
    const problem = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new NodemendError('KUBECONFIG_FILE_UNREADABLE', { file, field: 'tokenFile', problem }, { cause: error });
  }
}
