/** The file of the first call on a stack: the one that made the error. vitest's own query of a test file is no part of it. */
export function madeIn(stack: string): string {
  const calls = stack.split('\n').filter((line) => /^ +at /.test(line) && !line.includes('/src/errors/'));
  return /\(?(?:file:\/\/)?(\/[^():?]*)(?:\?[^():]*)?(?::\d+)+\)?$/.exec(calls[0] ?? '')?.[1] ?? '';
}

/** Not a test's, and not what only tests use. */
export function isOfProduct(path: string): boolean {
  return /\/(?:src|lab)\//.test(path) && !/\.test\.ts$|\/testing\/|\/fixtures\/|\/test\//.test(path);
}
