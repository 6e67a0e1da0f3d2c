const shown = '***';

/** What Node prints a value by; named by its registered symbol, so that nothing of Node is imported here. */
const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * A password or token that does not get out by accident: as text, as JSON, printed by Node or listed by its properties
 * it is `***`. Whoever sends it to where it belongs asks for it by name.
 */
export class Password {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The password itself: for the header of a request, or the Secret that is written. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect](): string {
    return shown;
  }
}
