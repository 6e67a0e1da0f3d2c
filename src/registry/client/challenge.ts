/** One way to log in that a server offers. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By lower-case name; those of `bearer` are realm, service and scope. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(String.raw`^(${token})\s*=\s*(${token}|"(?:[^"\\]|\\.)*")(?=\s*(?:,|$))`, 'su');
const scheme = new RegExp(String.raw`^(${token})(?=[\s,]|$)`, 'u');
/** Up to the next comma: a piece that is neither, such as a token68. */
const other = /^[^,]*(?:,|$)/u;

/**
 * Takes `WWW-Authenticate` apart (RFC 9110, 11.6.1): several challenges in one header or in several, each with
 * parameters that are tokens or quoted strings. A piece that cannot be read is passed over. Never throws.
 */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const texts = typeof header === 'string' ? [header] : (header ?? []);
  return texts.flatMap(challengesOf);
}

function challengesOf(text: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  let rest = text.replace(/^[\s,]+/u, '');
  while (rest !== '') {
    const [match, name = '', value] = parameter.exec(rest) ?? scheme.exec(rest) ?? other.exec(rest) ?? [rest];
    if (value !== undefined) challenges.at(-1)?.parameters.set(name.toLowerCase(), unquoted(value));
    else if (name !== '') challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    rest = rest.slice(match.length).replace(/^[\s,]+/u, '');
  }
  return challenges;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gsu, '$1') : value;
}
