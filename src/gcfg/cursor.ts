/** Goes through a text as gcfg's scanner does (gopkg.in/gcfg.v1/scanner). */
export class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(): string {
    return this.#text[this.#at] ?? '';
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Blanks; a carriage return is one to gcfg. */
  skipSpace(): void {
    this.#skip(/[ \t\r]*/y);
  }

  /** Blanks, an empty line's end, a comment. */
  skipEmpty(): boolean {
    return this.#skip(/[ \t\r\n]+|[;#][^\n]*/y);
  }

  /** The end of a line, perhaps behind a comment, or of the text. */
  endOfLine(): boolean {
    this.#skip(/[ \t\r]*(?:[;#][^\n]*)?/y);
    return this.take('\n') || this.isDone;
  }

  identifier(): string {
    const from = this.#at;
    this.#skip(/\p{L}[\p{L}\p{Nd}-]*/uy);
    return this.#text.slice(from, this.#at);
  }

  /** The name of a subsection; undefined where it is none. */
  quoted(): string | undefined {
    const match = /"((?:[^"\\\n]|\\["\\])*)"/y;
    match.lastIndex = this.#at;
    const [whole, inner] = match.exec(this.#text) ?? [];
    if (whole === undefined || inner === undefined || inner === '') return undefined;
    this.#at += whole.length;
    return inner.replaceAll(/\\(.)/g, '$1');
  }

  /**
   * A value up to the end of its line or a comment, without the blanks at its end; undefined where gcfg refuses it.
   */
  value(): { readonly value: string; readonly from: number; readonly to: number } | undefined {
    const from = this.#at;
    const match = /(?:"(?:[^"\\\n]|\\["\\nt])*"|\\\r?\n|\\\r?"|[^"\\\n;#])*/y;
    match.lastIndex = from;
    const [whole = ''] = match.exec(this.#text) ?? [];
    this.#at += whole.length;
    if (!['', '\n', ';', '#'].includes(this.peek())) return undefined;
    const written = whole.replace(/[ \t\r]+$/, '');
    return { value: unescaped(written), from, to: from + written.length };
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const [whole = ''] = pattern.exec(this.#text) ?? [];
    this.#at += whole.length;
    return whole !== '';
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

/** gcfg drops every carriage return of a value, what quotes there are, and a line's end behind a backslash. */
function unescaped(written: string): string {
  return written
    .replaceAll('\r', '')
    .replaceAll(/\\(\n)|\\([^\n])|"/g, (_whole, _line: string | undefined, escaped: string | undefined) =>
      escaped === undefined ? '' : (escapes[escaped] ?? escaped),
    );
}
