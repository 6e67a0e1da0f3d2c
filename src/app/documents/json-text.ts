import { printableJson } from '../../text/printable.ts';

/** Indented, because people read it too. */
export function jsonText(document: unknown): string {
  return `${printableJson(JSON.stringify(document, undefined, 2))}\n`;
}

/** For a stream of documents, one per line. */
export function jsonLine(document: unknown): string {
  return `${printableJson(JSON.stringify(document))}\n`;
}

/** Large enough that writing is few calls, small enough that it is gone before memory is asked for again. */
const pieceLength = 64 * 1024;

/**
 * `jsonText` of an object bit by bit, for one that is long as text: of 5,000 nodes it is 20 MB, several times over until it
 * is written. What can be iterated is a list here, and an item is made when its turn comes.
 */
export function* jsonPieces(document: object): Generator<string> {
  let piece = '';
  for (const part of partsOf(document)) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield printableJson(piece);
    piece = '';
  }
  yield printableJson(piece);
}

function* partsOf(document: object): Generator<string> {
  const fields = Object.entries(document).filter(([, value]) => value !== undefined);
  let before = '{';
  for (const [name, value] of fields as Iterable<[string, unknown]>) {
    yield `${before}\n  ${JSON.stringify(name)}: `;
    if (isList(value)) yield* itemsOf(value);
    else yield indented(value, '  ');
    before = ',';
  }
  yield fields.length === 0 ? '{}\n' : '\n}\n';
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function* itemsOf(list: Iterable<unknown>): Generator<string> {
  let before = '[';
  for (const item of list) {
    yield `${before}\n    ${indented(item, '    ')}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n  ]';
}

/** Inside a text of JSON a line feed is written `\n`, so that only lines of its own are moved. */
function indented(value: unknown, by: string): string {
  return (JSON.stringify(value, undefined, 2) ?? 'null').replaceAll('\n', `\n${by}`);
}
