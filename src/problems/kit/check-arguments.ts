/**
 * What may be an argument of a check, which a plan or a record names and a program of root is given. Each refuses what
 * its own problem would not plan.
 */

/** For a check that takes none. */
export function noArguments(args: readonly string[]): boolean {
  return args.length === 0;
}

/** Absolute and plain: no `.`, `..`, `//` or trailing slash, and one line. */
export function isPath(text: string): boolean {
  return /^(?:\/[^/\p{Cc}]+)+$/u.test(text) && !/\/\.{1,2}(?:\/|$)/u.test(text);
}

/** An address of a server: scheme, host and path, and nothing that has a meaning in a file or a shell. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/[A-Za-z0-9._:[\]-]+(?:\/[A-Za-z0-9/._~-]*)?$/u.test(text);
}
