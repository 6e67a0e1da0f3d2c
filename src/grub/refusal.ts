/** Why nothing certain can be said of a file, or why an argument was left as it is. */
export type GrubRefusal =
  /** It assigns nothing of GRUB's, and is not empty either: another program's file. */
  | 'notGrubDefaults'
  | 'unterminatedQuote'
  | 'unterminatedSubstitution'
  /** Lines end with CR LF: the shell would take CR for a part of each value. */
  | 'carriageReturn'
  /** `{{ }}`, `{% %}`, `<% %>`: something else makes the file, and would write over a change. */
  | 'template'
  /** A command that could set any variable: `. FILE`, `eval`, an unknown one. */
  | 'command'
  /** What no shell takes: an operator without a command, `then` without `if`. */
  | 'shellSyntax'
  /** A loop, a function, a `case`, a list in parentheses, a here-document. */
  | 'structure'
  /** `${NAME:=word}` or `$((…))`, which may assign. */
  | 'assigningExpansion'
  /** The value is what a command prints. */
  | 'commandSubstitution'
  /** The value has parts that only the running shell knows. */
  | 'expansion'
  /** The value is set on a condition. */
  | 'conditional'
  /** The value holds what GRUB's own language reads as something else than an argument. */
  | 'grubSyntax'
  /** The name is in the value, written so that it cannot be told which argument it is. */
  | 'notVerbatim'
  /** `--` ends the kernel's arguments: what stands behind it is for init. */
  | 'initArguments'
  /** The same name with another value, of a kind that the kernel takes one of. */
  | 'otherValue'
  /** The argument stands in another file. */
  | 'standsElsewhere'
  /** A file that is read later sets the variable again. */
  | 'overridden';

export interface Refused {
  readonly refusal: GrubRefusal;
  /** Path of the file that is to blame. */
  readonly file: string;
  /** Counted from 1; absent where it is about no one line. */
  readonly line?: number;
  /** What stands in the way, as it is written there. */
  readonly detail?: string;
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
