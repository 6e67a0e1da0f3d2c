import { isAlpha, isBlank, isSpace } from './characters.ts';

/** A place in a configuration file, and the three ways in which logrotate cuts text off there (config.c). */
export class Cursor {
  readonly text: string;
  at = 0;
  private readonly readsPastEnd: boolean;

  constructor(text: string, readsPastEnd: boolean) {
    this.text = text;
    this.readsPastEnd = readsPastEnd;
  }

  /** The character here; NUL at the end, as the memory behind a mapped file reads. */
  get character(): string {
    return this.text[this.at] ?? '\0';
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Letters from here on, blanks before them passed over. Ends behind them (isolateWord). */
  takeWord(): string {
    while (isBlank(this.character)) this.at += 1;
    const start = this.at;
    while (isAlpha(this.character)) this.at += 1;
    return this.text.slice(start, this.at);
  }

  /**
   * The rest of the line without the space at its end. Ends on the last character before the newline, so that the
   * reader's next step stands on the newline (isolateLine).
   */
  takeLine(): string {
    const start = this.at;
    const newline = this.text.indexOf('\n', start);
    const end = newline < 0 ? this.text.length : newline;
    this.at = end - 1;
    let last = end;
    while (isSpace(this.text[last] ?? '\0')) last -= 1;
    const length = last - start + 1;
    // A negative length was once handed to strndup(3) as a huge one.
    const taken =
      length < 0 && this.readsPastEnd ? this.text.slice(start) : this.text.slice(start, start + Math.max(length, 0));
    return cutAtNul(taken);
  }

  /**
   * A directive's value: blanks and one `=` before it passed over. Undefined, and nothing taken, when the line ends
   * first.
   */
  takeValue(): string | undefined {
    let start = this.skipBlanks(this.at);
    if (this.text[start] === '=') start = this.skipBlanks(start + 1);
    if (this.text[start] === '\n') return undefined;
    this.at = start;
    return this.takeLine();
  }

  /** Line of an offset, counted from 1. */
  lineOf(offset: number): number {
    let line = 1;
    for (let at = this.text.indexOf('\n'); at >= 0 && at < offset; at = this.text.indexOf('\n', at + 1)) line += 1;
    return line;
  }

  private skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text[at] ?? '')) at += 1;
    return at;
  }
}

function cutAtNul(text: string): string {
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}
