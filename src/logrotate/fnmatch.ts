/**
 * fnmatch(3) of glibc in the C locale, without FNM_PATHNAME: `*`, `?`, `[…]` with ranges, classes and negation by `!`
 * or `^`, backslash escapes. With `period`, a leading dot is matched only by a dot (FNM_PERIOD); glob(3) matches each
 * part of a path so.
 */
export function fnmatch(pattern: string, name: string, options: { readonly period: boolean }): boolean {
  if (options.period && name.startsWith('.') && !startsWithDot(pattern)) return false;
  return matchFrom(parsePattern(pattern), name);
}

/** Whether the text holds a character that makes glob(3) look into the folder instead of taking the name as it is. */
export function hasMagic(text: string): boolean {
  return /[*?[]/.test(text);
}

/** The name that a pattern without magic stands for: backslashes before a character fall away. */
export function unescapePattern(text: string): string {
  return text.replace(/\\([\s\S])/g, '$1');
}

type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly matches: (character: string) => boolean };

function startsWithDot(pattern: string): boolean {
  return pattern.startsWith('.') || pattern.startsWith('\\.');
}

function parsePattern(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const set = pattern[at] === '[' ? parseSet(pattern, at) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      at = set.end;
      continue;
    }
    const escaped = pattern[at] === '\\' && at + 1 < pattern.length;
    tokens.push(escaped ? { kind: 'literal', character: pattern[at + 1] ?? '' } : plainToken(pattern[at] ?? ''));
    at += escaped ? 2 : 1;
  }
  return tokens;
}

function plainToken(character: string): Token {
  if (character === '*') return { kind: 'star' };
  if (character === '?') return { kind: 'any' };
  return { kind: 'literal', character };
}

/** Classic two-pointer match: on a mismatch the last star takes one character more. */
function matchFrom(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token;
      starAt = at;
      token += 1;
    } else if (current !== undefined && matchesOne(current, name[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      token = star + 1;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest.kind === 'star');
}

function matchesOne(token: Token, character: string): boolean {
  if (token.kind === 'literal') return token.character === character;
  if (token.kind === 'set') return token.matches(character);
  return true;
}

interface ParsedSet {
  readonly token: Token;
  readonly end: number;
}

/** A bracket expression that begins at `start`; undefined when it never ends, and then `[` stands for itself. */
function parseSet(pattern: string, start: number): ParsedSet | undefined {
  let at = start + 1;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at += 1;
  const members: ((character: string) => boolean)[] = [];
  const first = at;
  while (at < pattern.length) {
    if (pattern[at] === ']' && at > first) {
      const matches = (character: string): boolean => members.some((member) => member(character)) !== negated;
      return { token: { kind: 'set', matches }, end: at + 1 };
    }
    const member = parseMember(pattern, at);
    if (member === undefined) return undefined;
    members.push(member.matches);
    at = member.end;
  }
  return undefined;
}

interface ParsedMember {
  readonly matches: (character: string) => boolean;
  readonly end: number;
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\0-\x1f\x7f]/, // oxlint-disable-line no-control-regex -- the class is the control characters
  xdigit: /[0-9A-Fa-f]/,
};

function parseMember(pattern: string, start: number): ParsedMember | undefined {
  const named = /^\[:([a-z]+):\]/.exec(pattern.slice(start));
  if (named !== null) {
    const expression = classes[named[1] ?? ''];
    return { matches: (character) => expression?.test(character) ?? false, end: start + named[0].length };
  }
  const low = readMemberCharacter(pattern, start);
  if (low === undefined) return undefined;
  const isRange = pattern[low.end] === '-' && low.end + 1 < pattern.length && pattern[low.end + 1] !== ']';
  if (!isRange) return { matches: (character) => character === low.character, end: low.end };
  const high = readMemberCharacter(pattern, low.end + 1);
  if (high === undefined) return undefined;
  return { matches: (character) => character >= low.character && character <= high.character, end: high.end };
}

function readMemberCharacter(
  pattern: string,
  at: number,
): { readonly character: string; readonly end: number } | undefined {
  const escaped = pattern[at] === '\\';
  const character = pattern[escaped ? at + 1 : at];
  return character === undefined ? undefined : { character, end: at + (escaped ? 2 : 1) };
}
