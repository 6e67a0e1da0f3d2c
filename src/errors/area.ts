import type { Language } from '../locales/language.ts';

/** What the catalogue knows of one error. */
export interface ErrorEntry {
  /**
   * Process exit code (design section 5): 1 internal, 2 usage or configuration, 5 incomplete, 7 stopped, 8 refused; 0 where it
   * is told beside what ended well.
   */
  readonly exit: 0 | 1 | 2 | 5 | 7 | 8;
  /** Whether the same call may succeed a moment later. Absent means no. */
  readonly retryable?: boolean;
}

interface Words {
  readonly cause: string;
  readonly next: string;
}

/** The errors of one part of the code, with their words. */
export interface ErrorArea<Code extends string> {
  readonly codes: Readonly<Record<Code, ErrorEntry>>;
  /** Read when they are asked for: a command that goes well needs none of them. */
  readonly words: Readonly<Record<Language, () => Readonly<Record<Code, Words>>>>;
}

/** The compiler checks that each language has a text for each code; a test checks the reverse. */
export function errorArea<Code extends string>(
  codes: Readonly<Record<Code, ErrorEntry>>,
  words: ErrorArea<NoInfer<Code>>['words'],
): ErrorArea<Code> {
  return { codes, words };
}
