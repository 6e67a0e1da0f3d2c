/** What one place of a pattern takes. */
type Token = { readonly any: true } | { readonly takes: (character: string) => boolean };

/**
 * Whether a part of a host's name matches a pattern as Go's path/filepath.Match has it: `*` for any characters, `[a-z]` and `[^a-z]` for one.
 * A pattern that Go refuses matches nothing. Takes time in proportion to both lengths: patterns come from whoever writes Secrets.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = tokensOf(Array.from(pattern));
  if (tokens === undefined) return false;
  const characters = Array.from(text);
  let [token, at] = [0, 0];
  let star: { readonly token: number; at: number } | undefined;
  while (at < characters.length) {
    const current = tokens[token];
    if (current && 'any' in current) {
      star = { token, at };
      token += 1;
    } else if (current?.takes(characters[at] ?? '') === true) {
      token += 1;
      at += 1;
    } else if (star) {
      star.at += 1;
      [token, at] = [star.token + 1, star.at];
    } else return false;
  }
  return tokens.slice(token).every((rest) => 'any' in rest);
}

function tokensOf(pattern: readonly string[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') tokens.push({ any: true });
    else if (character === '[') {
      const end = endOfClass(pattern, at);
      const takes = end === undefined ? undefined : classOf(pattern.slice(at + 1, end));
      if (end === undefined || takes === undefined) return undefined;
      tokens.push({ takes });
      at = end;
    } else tokens.push({ takes: (other) => other === character });
  }
  return tokens;
}

/** The first `]` that closes: one right after the start would be an empty class, which Go refuses as classOf does. */
function endOfClass(pattern: readonly string[], start: number): number | undefined {
  const end = pattern.indexOf(']', start);
  return end === -1 ? undefined : end;
}

function classOf(body: readonly string[]): ((character: string) => boolean) | undefined {
  const isNegated = body[0] === '^';
  const ranges: (readonly [string, string])[] = [];
  const rest = isNegated ? body.slice(1) : body;
  for (let at = 0; at < rest.length; at++) {
    const low = rest[at] ?? '';
    const isRange = rest[at + 1] === '-';
    const high = isRange ? rest[at + 2] : low;
    if (low === '-' || high === undefined || high === '-') return undefined;
    ranges.push([low, high]);
    at += isRange ? 2 : 0;
  }
  if (ranges.length === 0) return undefined;
  return (character) => ranges.some(([low, high]) => low <= character && character <= high) !== isNegated;
}
