import type { ScalarNode, YamlDocument } from './tree.ts';

const colon = 0x3a;
const dash = 0x2d;
const hash = 0x23;
const quote = 0x22;
const apostrophe = 0x27;
const space = 0x20;
const newline = 0x0a;

/** A `#` behind a blank; whoever asks knows of the blank. */
export const startsComment = (text: string, at: number): boolean => text.charCodeAt(at) === hash;

/** What a plain scalar in block style cannot begin with; a dash where a blank is behind it. */
const plainStart = /(?:-(?! |\n|$)|[^\s,[\]{}#&*!|>'"%@`?:-])/y;

const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);

/** Letters, digits and `_`, `.`, `/`, `-`. */
export const isKeyCharacter = (code: number): boolean =>
  isLetter(code) || (code >= 0x2d && code <= 0x39) || code === 0x5f;

type State = 'reading' | 'declined' | 'template';

/** A scalar on one line; most are never asked for their value. */
class LineScalar implements ScalarNode {
  readonly kind = 'scalar';
  readonly isBlock = false;
  readonly start: number;
  readonly end: number;
  readonly #text: string;
  readonly #isQuoted: boolean;

  constructor(text: string, start: number, end: number, isQuoted: boolean) {
    this.#text = text;
    this.start = start;
    this.end = end;
    this.#isQuoted = isQuoted;
  }

  get value(): string {
    return this.#isQuoted ? this.#text.slice(this.start + 1, this.end - 1) : this.#text.slice(this.start, this.end);
  }

  get text(): true | undefined {
    return this.#isQuoted || undefined;
  }
}

/** Goes through a text line by line: content lines and their indentation, scalars, documents. */
export class TextCursor {
  readonly text: string;
  readonly #hits: readonly number[];
  #nextHit = 0;
  #hit: number;
  #candidates: YamlDocument['candidates'][number][] = [];
  state: State = 'reading';
  /** Column of what stands at the cursor; -1 at the end of a document, or when reading ended. */
  indent = -1;
  /** Where the content of the current line begins. */
  at = 0;
  #lineStart = 0;
  isAtEnd = false;

  constructor(text: string, hits: readonly number[]) {
    this.text = text;
    this.#hits = hits;
    this.#hit = hits[0] ?? Infinity;
  }

  /** The library reads the text. */
  decline(): void {
    this.#stop('declined');
  }

  #stop(state: State): void {
    if (this.state === 'reading') this.state = state;
    this.indent = -1;
    this.isAtEnd = true;
  }

  code(): number {
    return this.text.charCodeAt(this.at);
  }

  /** The end of the text counts: charCodeAt gives NaN there. */
  isLineEnd(at: number): boolean {
    return at >= this.text.length || this.text.charCodeAt(at) === newline;
  }

  isBlank(at: number): boolean {
    return this.isLineEnd(at) || this.text.charCodeAt(at) === space;
  }

  isDash(at: number): boolean {
    return this.text.charCodeAt(at) === dash && this.isBlank(at + 1);
  }

  /** Where a node may begin, `{{` is a map to YAML, or an error: either way it is a template's. */
  isTemplate(at: number): boolean {
    if (!this.text.startsWith('{{', at)) return false;
    this.#stop('template');
    return true;
  }

  skipSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === space) at++;
    return at;
  }

  /** Where the match of a sticky pattern ends; -1 without one. */
  endOf(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  #lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end === -1 ? this.text.length : end;
  }

  /**
   * To the next line that is neither blank nor a comment. @param from within the line before, or at the text's
   * beginning
   */
  nextLine(from: number): void {
    let start = from === 0 ? 0 : this.#lineEnd(from) + 1;
    while (start < this.text.length) {
      const at = this.skipSpaces(start);
      if (!this.isLineEnd(at) && !startsComment(this.text, at)) return this.#enterLine(start, at);
      start = this.#lineEnd(at) + 1;
    }
    this.at = this.text.length;
    this.indent = -1;
    this.isAtEnd = true;
  }

  #enterLine(start: number, at: number): void {
    this.#lineStart = start;
    this.at = at;
    this.indent = at - start;
    if (this.indent > 0) return;
    if (this.text.startsWith('---', at)) this.indent = -1;
    else if (this.text.startsWith('...', at)) this.decline();
  }

  /** Behind a `---`. @returns whether there is one */
  nextDocument(): boolean {
    const end = this.skipSpaces(this.at + 3);
    if (this.isLineEnd(end) || (end > this.at + 3 && startsComment(this.text, end))) {
      this.nextLine(this.at + 3);
      return this.state === 'reading';
    }
    this.decline();
    return false;
  }

  /** A map or list that begins within the line. */
  enter(at: number): void {
    this.at = at;
    this.indent = at - this.#lineStart;
  }

  /** After a value nothing but a comment. */
  endLine(end: number): void {
    if (this.state !== 'reading') return;
    const at = this.skipSpaces(end);
    if (this.isLineEnd(at) || (at > end && startsComment(this.text, at))) this.nextLine(at);
    else this.decline();
  }

  /** Behind the closing quote of a scalar that says what it is; -1 for any other. */
  quotedEnd(at: number): number {
    const code = this.text.charCodeAt(at);
    const close = this.text.indexOf(code === quote ? '"' : "'", at + 1);
    if (close === -1 || this.text.charCodeAt(close + 1) === apostrophe) return -1;
    const inner = this.text.slice(at + 1, close);
    return inner.includes('\n') || (code === quote && inner.includes('\\')) ? -1 : close + 1;
  }

  /** Behind an unquoted scalar that goes to the end of its line, or to a comment; -1 for any other. */
  plainEnd(at: number): number {
    if (!isLetter(this.text.charCodeAt(at)) && this.endOf(plainStart, at) === -1) return -1;
    let end = at;
    // Until the line ends; a second colon is the library's, and so is a blank that is none.
    for (let next = at; !this.isLineEnd(next); next++) {
      const code = this.text.charCodeAt(next);
      if (code === colon && this.isBlank(next + 1)) return -1;
      if (code === hash && next > end) return end;
      if (code !== space) end = next + 1;
    }
    return end;
  }

  scalar(start: number, end: number, key = ''): ScalarNode {
    const code = this.text.charCodeAt(start);
    const isQuoted = code === quote || code === apostrophe;
    return this.#noted(new LineScalar(this.text, start, end, isQuoted), key);
  }

  /** A literal or folded text; only its characters matter. */
  blockScalar(start: number, key: string): ScalarNode | undefined {
    const header = this.endOf(blockHeader, start);
    const end = header === -1 ? -1 : this.#blockEnd(header + 1);
    if (end === -1 || namesImages.has(key)) {
      this.decline();
      return undefined;
    }
    this.nextLine(end);
    const value = this.text.slice(header + 1, end);
    return this.#noted({ kind: 'scalar', value, start, end, isBlock: true, text: true }, key);
  }

  /** Where the last line of a block scalar ends; -1 where its lines are not as usual. */
  #blockEnd(from: number): number {
    let [end, inner, start] = [-1, 0, from];
    while (start < this.text.length) {
      const at = this.skipSpaces(start);
      const indent = at - start;
      if (this.isLineEnd(at)) {
        // Blanks alone before the first line decide how far in the text is.
        if (inner === 0 && indent > 0) return -1;
      } else if (indent <= this.indent) break;
      else if (inner === 0) inner = indent;
      else if (indent < inner) return -1;
      const lineEnd = this.#lineEnd(at);
      if (!this.isLineEnd(at)) end = lineEnd;
      start = lineEnd + 1;
    }
    return end;
  }

  #noted(node: ScalarNode, key: string): ScalarNode {
    if (this.#hit >= node.end) return node;
    while (this.#hit < node.start) this.#hit = this.#hits[++this.#nextHit] ?? Infinity;
    if (this.#hit < node.end) this.#candidates.push({ node, key });
    return node;
  }

  takeCandidates(): YamlDocument['candidates'] {
    const taken = this.#candidates;
    this.#candidates = [];
    return taken;
  }
}

/** With a digit the indentation is said and not seen. */
const blockHeader = /[|>][+-]? *(?=\n)/y;

/** Keys whose value decides more than what is in it: of a folded text it is not what is written. */
const namesImages: ReadonlySet<string> = new Set([
  'image',
  'newName',
  'reference',
  'registry',
  'repository',
  'name',
  'kind',
  'apiVersion',
  'sops',
]);
