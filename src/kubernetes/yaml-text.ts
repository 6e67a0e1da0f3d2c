import { NodemendError } from '../errors/nodemend-error.ts';

/**
 * The value of a kubeconfig's YAML (or JSON) text. The YAML library is loaded here and not at start-up.
 * @throws NodemendError KUBECONFIG_INVALID with the line and the library's code. Its messages quote the text, and with
 *   it keys and tokens, so they are not used.
 */
export async function parseYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = attempt(path, 'YAML is nested too deeply', () =>
    parseDocument(text, { merge: true, prettyErrors: false, lineCounter: lines }),
  );
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new NodemendError('KUBECONFIG_INVALID', { path, problem: `YAML line ${line}: ${error.code}` });
  }
  // Unresolved or excessive aliases.
  return attempt(path, 'YAML aliases cannot be resolved', () => document.toJS() as unknown);
}

function attempt<T>(path: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new NodemendError('KUBECONFIG_INVALID', { path, problem });
  }
}
