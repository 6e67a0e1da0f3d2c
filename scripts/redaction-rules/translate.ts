import type { ProviderRule } from '../../src/evidence/redact/provider-rule.ts';

/** A rule of gitleaks' configuration; its regular expression is RE2's. */
export interface UpstreamRule {
  readonly id: string;
  readonly regex?: string;
  readonly keywords?: readonly string[];
  readonly entropy?: number;
  readonly secretGroup?: number;
}

/** Rules that are not taken, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'generic-api-key': 'named-secrets.ts does it, whatever the value looks like',
  'private-key': 'private-keys.ts does it, and keeps lines',
  jwt: 'known-tokens.ts does it',
  'jwt-base64': 'over several lines',
  'kubernetes-secret-yaml': 'secret-objects.ts does it, in JSON too',
  'curl-auth-header': 'named-secrets.ts does it for every program',
  'curl-auth-user': 'command-secrets.ts does it for every program',
  'pkcs12-file': 'a name of a file',
  'freemius-secret-key': 'for PHP alone',
  'hashicorp-tf-password': 'for Terraform alone',
  'nuget-config-password': 'its time is quadratic without the limits of RE2; name-value-pairs.ts does it',
  'sourcegraph-access-token': 'takes every commit for one',
  'discord-client-id': 'no secret',
  'linkedin-client-id': 'no secret',
  'messagebird-client-id': 'no secret',
};

/**
 * The rule for JavaScript's engine, which has no flags in mid-expression and no linear time; and for masking, where
 * what follows a token matters less than that it is gone.
 */
export function translate({ id, regex, keywords = [], entropy, secretGroup }: UpstreamRule): readonly ProviderRule[] {
  if (regex === undefined || id in leftOut) return [];
  const plain = regex
    // What stands before the name is no part of the secret, and costs fifty steps at each place.
    .replaceAll(String.raw`[\w.-]{0,50}?`, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
    .replaceAll(String.raw`\z`, '$')
    // JSON in a string of JSON has its quotes behind a backslash.
    .replaceAll(String.raw`[\s'"]{0,3}`, String.raw`[\s'"\\]{0,3}`)
    .replaceAll(String.raw`[\x60'"\s=]{0,5}`, String.raw`[\x60'"\s=\\]{0,5}`)
    // The end of a token; upstream names the characters that may follow, for fewer false findings.
    .replaceAll(String.raw`(?:[\x60'"\s;]|\\[nr]|$)`, String.raw`(?![\w-])`);
  const { pattern, flags } = withoutInlineFlags(plain);
  // Fails here rather than at a user's.
  new RegExp(pattern, flags);
  return [
    {
      id,
      pattern,
      flags,
      keywords: [...keywords],
      ...(entropy === undefined ? {} : { entropy }),
      ...(secretGroup === undefined ? {} : { group: secretGroup }),
    },
  ];
}

/** `(?i)` at the start becomes a flag, and elsewhere a group up to the end of the group that it stands in. */
function withoutInlineFlags(regex: string): { readonly pattern: string; readonly flags: string } {
  const mark = '(?i)';
  const flags = regex.startsWith(mark) ? 'i' : '';
  let pattern = regex.slice(flags === '' ? 0 : mark.length);
  for (let at = pattern.indexOf(mark); at !== -1; at = pattern.indexOf(mark)) {
    const end = endOfGroup(pattern, at + mark.length);
    pattern = `${pattern.slice(0, at)}(?i:${pattern.slice(at + mark.length, end)})${pattern.slice(end)}`;
  }
  return { pattern, flags };
}

/** Where the group ends that `start` stands in: its bracket, or the end of the expression. */
function endOfGroup(pattern: string, start: number): number {
  let depth = 0;
  let inClass = false;
  for (let at = start; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth-- === 0) return at;
  }
  return pattern.length;
}
