import { lineOf, type GrubRefusal } from './refusal.ts';

/**
 * A place in a shell text. The first thing that cannot be read with certainty is kept and ends the reading: behind it
 * nothing would be certain either.
 */
export class Cursor {
  readonly text: string;
  #offset = 0;
  #stopped: { readonly refusal: GrubRefusal; readonly line: number } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get offset(): number {
    return this.#offset;
  }

  get isDone(): boolean {
    return this.#offset >= this.text.length;
  }

  get stopped(): { readonly refusal: GrubRefusal; readonly line: number } | undefined {
    return this.#stopped;
  }

  /** The next character, or the one that many behind it; empty at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.#offset + ahead);
  }

  take(count = 1): string {
    const taken = this.text.slice(this.#offset, this.#offset + count);
    this.#offset += count;
    return taken;
  }

  startsWith(expected: string): boolean {
    return this.text.startsWith(expected, this.#offset);
  }

  /** What a sticky expression matches here; nothing is taken. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.text) ?? undefined;
  }

  stop(refusal: GrubRefusal, offset = this.#offset): void {
    this.#stopped ??= { refusal, line: lineOf(this.text, offset) };
    this.#offset = this.text.length;
  }
}
