import { NodemendError } from '../../errors/nodemend-error.ts';
import { parseKnownHostsLine, type KnownHostsEntry } from './known-hosts-line.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/**
 * All usable lines of the files, in order. A file that is not there holds no keys; one that cannot be read might revoke
 * one, so it is an error. A malformed line is skipped, as OpenSSH does, unless it was to revoke a key.
 * @throws NodemendError KNOWN_HOSTS_UNREADABLE
 */
export async function readKnownHosts(paths: readonly string[]): Promise<readonly KnownHostsEntry[]> {
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await readIfThere(path) })));
  return files.flatMap(({ path, text }) => entriesOf(path, text));
}

function entriesOf(path: string, text: string): readonly KnownHostsEntry[] {
  return text.split('\n').flatMap((line, index) => {
    const parsed = parseKnownHostsLine(line, `${path}:${index + 1}`);
    if (parsed.kind === 'malformed' && parsed.revoking) {
      throw new NodemendError('KNOWN_HOSTS_UNREADABLE', {
        path,
        problem: `line ${index + 1} is to revoke a key and is malformed`,
      });
    }
    return parsed.kind === 'entry' ? [parsed.entry] : [];
  });
}

async function readIfThere(path: string): Promise<string> {
  try {
    return (await readNamedFile(path)).toString();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new NodemendError('KNOWN_HOSTS_UNREADABLE', { path, problem: code ?? message }, { cause: error });
  }
}
