const root = 0;

/**
 * Finds many words in a text at once, in one pass whatever their number (Aho and Corasick, 1975): some 250 words cost
 * what one costs. Upper and lower case of ASCII are the same.
 */
export class KeywordFinder {
  /** Column of each ASCII character in the table; 0 is all that stands in no word. */
  readonly #columns = new Uint8Array(128);
  readonly #width: number;
  /** The state that follows a state and a column. */
  readonly #next: Uint16Array;
  /** What ends in a state: places in the list of words. */
  readonly #ends: (readonly number[] | undefined)[];

  /** @param words in lower case, ASCII */
  constructor(words: readonly string[]) {
    const letters = [...new Set(words.join(''))];
    for (const [at, letter] of letters.entries()) {
      this.#columns[letter.charCodeAt(0)] = at + 1;
      this.#columns[letter.toUpperCase().charCodeAt(0)] = at + 1;
    }
    this.#width = letters.length + 1;
    const states = words.reduce((sum, { length }) => sum + length, 1);
    this.#next = new Uint16Array(states * this.#width);
    this.#ends = Array.from({ length: states });
    this.#link(this.#grow(words));
  }

  /** Calls `found` with the place in the list, and the place behind the word in the text, in the order of the latter. */
  search(text: string, found: (word: number, end: number) => void): void {
    let state = root;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const column = code < 128 ? (this.#columns[code] ?? 0) : 0;
      state = column === 0 ? root : (this.#next[state * this.#width + column] ?? root);
      const ends = state === root ? undefined : this.#ends[state];
      if (ends !== undefined) for (const word of ends) found(word, at + 1);
    }
  }

  /** The tree of the words; gives each state's letters that lead on, in the order of their making. */
  #grow(words: readonly string[]): readonly number[] {
    let made = root;
    for (const [place, word] of words.entries()) {
      let state = root;
      for (const letter of word) {
        const cell = state * this.#width + (this.#columns[letter.charCodeAt(0)] ?? 0);
        if (this.#next[cell] === root) this.#next[cell] = made += 1;
        state = this.#next[cell] ?? root;
      }
      this.#ends[state] = [...(this.#ends[state] ?? []), place];
    }
    return Array.from({ length: made + 1 }, (_, state) => state);
  }

  /** Where the tree has no way on, the table goes to the longest end of what was read that begins a word. */
  #link(states: readonly number[]): void {
    const fallbacks = new Uint16Array(states.length);
    const queue = this.#row(root).filter((state) => state !== root);
    for (let at = 0; at < queue.length; at += 1) {
      const state = queue[at] ?? root;
      const fallback = fallbacks[state] ?? root;
      const inherited = this.#ends[fallback];
      if (inherited !== undefined) this.#ends[state] = [...(this.#ends[state] ?? []), ...inherited];
      for (let column = 1; column < this.#width; column += 1) {
        const cell = state * this.#width + column;
        const onFallback = this.#next[fallback * this.#width + column] ?? root;
        const child = this.#next[cell] ?? root;
        if (child === root) this.#next[cell] = onFallback;
        else {
          fallbacks[child] = onFallback;
          queue.push(child);
        }
      }
    }
  }

  #row(state: number): number[] {
    return Array.from(this.#next.subarray(state * this.#width, (state + 1) * this.#width));
  }
}
