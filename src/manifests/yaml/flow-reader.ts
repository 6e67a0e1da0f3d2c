import type { TextCursor } from './text-cursor.ts';
import type { MapNode, YamlNode } from './tree.ts';

const deepest = 200;
const comma = 0x2c;
const colon = 0x3a;
const quote = 0x22;
const apostrophe = 0x27;
const openMap = 0x7b;
const closeMap = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;

/** An unquoted scalar in `[a, b]`: a dash may begin one, a colon be in it where no blank and no bracket follows. */
const plain = /(?:[\w./$+]|-(?=[\w-]))(?:[^,[\]{}#:\n]|:(?![\s,[\]{}]|$))*/y;

/** Flow collections on one line, and JSON over several. */
export class FlowReader {
  readonly #cursor: TextCursor;
  #isRoot = false;
  /** Behind what was read last. */
  at = 0;

  constructor(cursor: TextCursor) {
    this.#cursor = cursor;
  }

  /** That a document consists of. */
  root(): YamlNode {
    this.#isRoot = true;
    this.at = this.#cursor.at;
    return this.#cursor.isTemplate(this.at) ? undefined : this.#node('', 0);
  }

  line(at: number): YamlNode {
    this.#isRoot = false;
    this.at = at;
    return this.#node('', 0);
  }

  #code(): number {
    return this.#cursor.text.charCodeAt(this.at);
  }

  #node(key: string, depth: number): YamlNode {
    if (depth > deepest) this.#cursor.decline();
    const code = this.#code();
    if (code === openMap) return this.#map(depth);
    if (code === openList) return this.#list(depth);
    const end = code === quote || code === apostrophe ? this.#cursor.quotedEnd(this.at) : this.#plainEnd();
    if (end === -1) {
      this.#cursor.decline();
      return undefined;
    }
    const node = this.#cursor.scalar(this.at, end, key);
    this.at = end;
    return node;
  }

  #plainEnd(): number {
    let end = this.#cursor.endOf(plain, this.at);
    while (end > this.at && this.#cursor.text.charCodeAt(end - 1) === 0x20) end--;
    return end;
  }

  #list(depth: number): YamlNode {
    const items: YamlNode[] = [];
    this.#each(closeList, () => items.push(this.#node('', depth + 1)));
    return { kind: 'list', items };
  }

  #map(depth: number): MapNode {
    const pairs: MapNode['pairs'][number][] = [];
    const map: MapNode = { kind: 'map', start: this.at, pairs };
    this.#each(closeMap, () => {
      const isQuoted = this.#code() === quote || this.#code() === apostrophe;
      const key = this.#node('', deepest);
      const isKey = key?.kind === 'scalar' && this.#code() === colon && (isQuoted || this.#cursor.isBlank(this.at + 1));
      if (!isKey) return this.#cursor.decline();
      this.at++;
      this.#skip();
      pairs.push({ key, value: this.#node(key.value, depth + 1) });
    });
    return map;
  }

  /** What stands between an opening bracket at the cursor and its closing one, with a comma between. */
  #each(close: number, read: () => unknown): void {
    this.at++;
    this.#skip();
    if (this.#code() === close) {
      this.at++;
      return;
    }
    while (this.#cursor.state === 'reading') {
      read();
      this.#skip();
      const code = this.#code();
      this.at++;
      if (code === close) return;
      if (code !== comma) this.#cursor.decline();
      this.#skip();
    }
  }

  /** Blanks, and in JSON the ends of lines: what looks like the end of a document there is the library's. */
  #skip(): void {
    this.at = this.#cursor.skipSpaces(this.at);
    while (this.#isRoot && this.#code() === 0x0a) {
      const start = this.at + 1;
      this.at = this.#cursor.skipSpaces(start);
      if (this.at === start && /[-.%]/.test(this.#cursor.text.charAt(start))) this.#cursor.decline();
    }
  }
}
