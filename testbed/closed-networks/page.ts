import { commandsOf } from '../../test/end-to-end/walkthrough.ts';

/** A page whose commands are typed as they stand there; what nobody types is known at the end. */
export class TypedPage {
  readonly #path: string;
  /** What the page calls by names of its own. */
  readonly #here: Readonly<Record<string, string>>;
  readonly #typed = new Set<string>();

  constructor(path: string, here: Readonly<Record<string, string>>) {
    this.#path = path;
    this.#here = here;
  }

  /** The commands of a section, in order. */
  section(heading: string): readonly string[] {
    return commandsOf(this.#path, heading);
  }

  /** Its words, `nodemend` left out. @param here names that it stands for beside those of all commands */
  type(command: string | undefined, here: Readonly<Record<string, string>> = {}): readonly string[] {
    if (command === undefined) throw new Error(`${this.#path} has no such command`);
    this.#typed.add(command);
    const names = { ...this.#here, ...here };
    return command
      .replace(/^nodemend /u, '')
      .split(' ')
      .map((word) => names[word] ?? word);
  }

  get untyped(): readonly string[] {
    return commandsOf(this.#path).filter((command) => !this.#typed.has(command));
  }
}
