/** One pattern that matches where any of `patterns` does, with the flags of the first: a long rule has a wording a line. */
export function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), patterns[0]?.flags);
}
