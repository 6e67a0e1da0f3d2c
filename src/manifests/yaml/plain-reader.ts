import { FlowReader } from './flow-reader.ts';
import { isKeyCharacter, startsComment, TextCursor } from './text-cursor.ts';
import type { MapNode, ReadYaml, ScalarNode, YamlDocument, YamlNode } from './tree.ts';

/** Deeper ones are the library's. */
const deepest = 200;
/** YAML lets a key that is not a key of `? ` be as long as 1024 characters. */
const longestKey = 1_000;

/** What a plain text has none of: tabs, carriage returns, a byte order mark. */
const unusual = /[\t\r\uFEFF]/;

/**
 * Reads what nearly every manifest is made of: maps and lists in block style, scalars on one line, literal texts, flow
 * collections on one line, JSON. Anything else it leaves to the library: anchors, tags, escapes, scalars of several
 * lines, whatever may be an error. What it does read, it reads as the library would (`plain-reader.test.ts` holds both
 * against each other), at a twentieth of the time.
 * @param hits where what is looked for stands in the text, in order
 * @returns undefined for a text that is the library's
 */
export function readPlainYaml(text: string, hits: readonly number[]): ReadYaml | undefined {
  if (unusual.test(text)) return undefined;
  return new PlainReader(text, hits).read();
}

class PlainReader {
  readonly #cursor: TextCursor;
  readonly #flow: FlowReader;

  constructor(text: string, hits: readonly number[]) {
    this.#cursor = new TextCursor(text, hits);
    this.#flow = new FlowReader(this.#cursor);
  }

  read(): ReadYaml | undefined {
    const cursor = this.#cursor;
    const documents: YamlDocument[] = [];
    cursor.nextLine(0);
    while (cursor.state === 'reading') {
      const root = cursor.indent < 0 ? undefined : this.#root();
      documents.push({ root, candidates: cursor.takeCandidates() });
      if (cursor.indent >= 0) cursor.decline();
      else if (cursor.isAtEnd || !cursor.nextDocument()) break;
    }
    if (cursor.state === 'template') return 'template';
    return cursor.state === 'declined' ? undefined : documents;
  }

  #root(): YamlNode {
    const code = this.#cursor.code();
    // JSON. A scalar alone is not a manifest.
    return code === openMap || code === openList ? this.#rootFlow() : this.#node(0);
  }

  #rootFlow(): YamlNode {
    const node = this.#flow.root();
    this.#cursor.endLine(this.#flow.at);
    return node;
  }

  /** What stands at the cursor, at its indentation. */
  #node(depth: number): YamlNode {
    const cursor = this.#cursor;
    if (depth > deepest) cursor.decline();
    if (cursor.isDash(cursor.at)) return this.#list(depth);
    if (cursor.isTemplate(cursor.at)) return undefined;
    return this.#map(depth);
  }

  #map(depth: number): MapNode {
    const cursor = this.#cursor;
    const { indent } = cursor;
    const pairs: MapNode['pairs'][number][] = [];
    const map: MapNode = { kind: 'map', start: cursor.at, pairs };
    do {
      if (cursor.isTemplate(cursor.at)) break;
      const end = this.#keyEnd(cursor.at);
      if (end === -1) {
        cursor.decline();
        break;
      }
      const key = cursor.scalar(cursor.at, end);
      pairs.push({ key, value: this.#valueOf(end + 1, key, depth) });
    } while (cursor.indent === indent && cursor.state === 'reading');
    if (cursor.indent > indent) cursor.decline();
    return map;
  }

  /** The colon behind a key; -1 where there is none, or one of another form. */
  #keyEnd(at: number): number {
    const cursor = this.#cursor;
    const first = cursor.text.charCodeAt(at);
    const end = first === doubleQuote || first === singleQuote ? cursor.quotedEnd(at) : this.#plainKeyEnd(at);
    const isKey = end > at && end - at < longestKey && cursor.text.charCodeAt(end) === colon && cursor.isBlank(end + 1);
    return isKey ? end : -1;
  }

  /** A key of letters and digits, dots, slashes and dashes, which it does not begin with. */
  #plainKeyEnd(at: number): number {
    const { text } = this.#cursor;
    if (text.charCodeAt(at) === dash) return -1;
    let end = at;
    while (isKeyCharacter(text.charCodeAt(end))) end++;
    return end;
  }

  #valueOf(from: number, key: ScalarNode, depth: number): YamlNode {
    const cursor = this.#cursor;
    const { indent } = cursor;
    const at = cursor.skipSpaces(from);
    if (!cursor.isLineEnd(at) && !(at > from && startsComment(cursor.text, at))) return this.#inline(at, key.value);
    cursor.nextLine(at);
    if (cursor.indent > indent) return this.#node(depth + 1);
    // The items of a list may stand below its key.
    return cursor.indent === indent && cursor.isDash(cursor.at) ? this.#list(depth + 1) : undefined;
  }

  #list(depth: number): YamlNode {
    const cursor = this.#cursor;
    const { indent } = cursor;
    const items: YamlNode[] = [];
    do items.push(this.#item(depth));
    while (cursor.indent === indent && cursor.isDash(cursor.at) && cursor.state === 'reading');
    if (cursor.indent > indent) cursor.decline();
    return { kind: 'list', items };
  }

  #item(depth: number): YamlNode {
    const cursor = this.#cursor;
    const { indent } = cursor;
    const from = cursor.at + 1;
    const at = cursor.skipSpaces(from);
    if (cursor.isLineEnd(at) || startsComment(cursor.text, at)) {
      cursor.nextLine(at);
      return cursor.indent > indent ? this.#node(depth + 1) : undefined;
    }
    if (!cursor.isDash(at) && this.#keyEnd(at) === -1) return this.#inline(at, '');
    cursor.enter(at);
    return this.#node(depth + 1);
  }

  /** A value on the line of its key or dash, and the step to the next line. */
  #inline(at: number, key: string): YamlNode {
    const cursor = this.#cursor;
    const { indent } = cursor;
    if (cursor.isTemplate(at)) return undefined;
    const node = this.#inlineNode(at, key);
    // A scalar that goes on below, or something that is out of place.
    if (cursor.indent > indent) cursor.decline();
    return node;
  }

  #inlineNode(at: number, key: string): YamlNode {
    const cursor = this.#cursor;
    const code = cursor.text.charCodeAt(at);
    if (code === pipe || code === greater) return cursor.blockScalar(at, key);
    if (code === openMap || code === openList) {
      const node = this.#flow.line(at);
      cursor.endLine(this.#flow.at);
      return node;
    }
    const isQuoted = code === doubleQuote || code === singleQuote;
    const end = isQuoted ? cursor.quotedEnd(at) : cursor.plainEnd(at);
    if (end === -1) {
      cursor.decline();
      return undefined;
    }
    const node = cursor.scalar(at, end, key);
    cursor.endLine(end);
    return node;
  }
}

const dash = 0x2d;
const colon = 0x3a;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const openMap = 0x7b;
const openList = 0x5b;
const pipe = 0x7c;
const greater = 0x3e;
