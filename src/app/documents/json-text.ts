import { printableJson } from '../../text/printable.ts';

/** Indented, because people read it too. */
export function jsonText(document: unknown): string {
  return `${printableJson(JSON.stringify(document, undefined, 2))}\n`;
}

/** For a stream of documents, one per line. */
export function jsonLine(document: unknown): string {
  return `${printableJson(JSON.stringify(document))}\n`;
}
