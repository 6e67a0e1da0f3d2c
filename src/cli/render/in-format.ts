import { stripVTControlCharacters } from 'node:util';
import { hidesSomething, printableJson, printableLine, printableOutput } from '../../text/printable.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { jsonText } from '../../app/documents/json-text.ts';
import type { PrintedDocument } from '../../app/documents/published.ts';
import { fencedText } from './markdown/markdown-text.ts';

/** What a command has to print, each view made only when it is asked for. */
export interface Views {
  /** What is printed as JSON and as YAML, by a published schema; it does not depend on the language of the terminal. */
  readonly document: () => PrintedDocument;
  readonly table: () => string;
  /** A command without one prints its table. */
  readonly wide?: () => string;
  /** A command without one gives its table, as it stands on a terminal, in a fence. */
  readonly markdown?: () => string;
  /** One a line, `kind/name`; of a command that has `-o name`. */
  readonly names?: () => readonly string[];
  /** The text of a SARIF log. */
  readonly sarif?: () => string;
}

/** The text of one view, ending with a newline, unless a template says otherwise. */
export async function inFormat(format: OutputFormat, views: Views): Promise<string> {
  const { document, names = () => [], table, sarif = table } = views;
  if (format.startsWith('jsonpath=')) return jsonPathText(document(), format.slice('jsonpath='.length));
  switch (format) {
    case 'json':
      return jsonText(document());
    case 'yaml':
      return yamlText(document());
    case 'name':
      return [...new Set(names())].map((name) => `${printableLine(name)}\n`).join('');
    case 'sarif':
      return sarif();
    default:
      // To a file it goes as it is: the last wall before a terminal is here, too.
      return printableOutput(textFor(format, views), true);
  }
}

function textFor(
  format: OutputFormat,
  { table, wide = table, markdown = () => fencedText(stripVTControlCharacters(table())) }: Views,
): string {
  if (format === 'markdown') return markdown();
  return format === 'wide' ? wide() : table();
}

async function jsonPathText(document: unknown, template: string): Promise<string> {
  const { printJsonPath } = await import('./json-path/print.ts');
  return printJsonPath(document, template);
}

/** No text at all for a reader of YAML (YAML 1.1 §5.1, 1.2 §5.2), besides what is not seen. */
const noText = /[\ufffe\uffff]/g;

/**
 * The same document as YAML. Read back by a parser of YAML 1.1 (Ansible, PyYAML) it is the same, too: `on`, `12:30` and
 * `0644` are quoted. Without anchors and folded lines, which line tools cannot follow.
 */
async function yamlText(document: unknown): Promise<string> {
  const { Document, Scalar, visit } = await import('yaml');
  // Through JSON first: what that leaves out, or writes in another way, is not part of the document.
  const plain: unknown = JSON.parse(JSON.stringify(document));
  const tree = new Document(plain, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(tree, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && (hidesSomething(node.value) || node.value.search(noText) !== -1))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // In double quotes now, where they can be escaped.
  return printableJson(tree.toString({ lineWidth: 0 })).replaceAll(
    noText,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
