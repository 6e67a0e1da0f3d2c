import { parseDocument, type Document } from 'yaml';

/**
 * The document of a YAML text that came from a node; undefined where it is none. The library throws for what is nested
 * deeper than the stack reaches, and kubelet's own refuses that too.
 */
export function parseYaml(text: string): Document.Parsed | undefined {
  try {
    const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
    return document.errors.length > 0 ? undefined : document;
  } catch {
    return undefined;
  }
}

/** Its value; undefined where aliases have no anchor, or are so many that they would fill the memory. */
export function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
