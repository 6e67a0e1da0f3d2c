import { invalid } from './kubeconfig-invalid.ts';

/**
 * The value of a kubeconfig's YAML (or JSON) text. The YAML library is loaded here and not at start-up.
 * @throws NodemendError KUBECONFIG_INVALID with the line and the library's code. Its messages quote the text, and with
 *   it keys and tokens, so they are not used.
 */
export async function parseYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = attempt(path, 'kubeconfig.yaml-depth', () =>
    parseDocument(text, { merge: true, prettyErrors: false, lineCounter: lines }),
  );
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw invalid(path, { key: 'kubeconfig.yaml', params: { line, code: error.code } });
  }
  // Unresolved or excessive aliases.
  return attempt(path, 'kubeconfig.yaml-aliases', () => document.toJS() as unknown);
}

function attempt<T>(path: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw invalid(path, { key: problem });
  }
}
