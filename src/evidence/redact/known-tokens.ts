import { mask } from './mask.ts';

/**
 * Credentials that are known by their own shape, whatever they are called, and are not among the rules for providers
 * (`provider-tokens.ts`), or are there in fewer forms. Each pattern starts with a fixed text and then takes one run of
 * characters, so that no text is looked at twice. (`x{8}x*`, not `x{8,}`: V8 needs no stack for the former.)
 */
const shapes: readonly string[] = [
  // AWS access key ids (docs.aws.amazon.com/IAM, "unique identifiers").
  '(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])',
  // GitHub and GitLab tokens.
  'gh[pousr]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{20,255}',
  'gl(?:pat|rt|dt|ptt|ft|imt|agent|oas|soat|cbt|ffct)-[A-Za-z0-9_.-]{20,255}',
  // Docker Hub personal and organization access tokens.
  'dckr_[po]at_[A-Za-z0-9_-]{10,255}',
  'xox[abeprs]-[A-Za-z0-9-]{10,255}',
  'AIza[A-Za-z0-9_-]{35}',
  // Google's OAuth.
  String.raw`ya29\.[A-Za-z0-9_-]{20}[A-Za-z0-9_-]*`,
  'GOCSPX-[A-Za-z0-9_-]{20,64}',
  'key-[0-9a-f]{32}(?![0-9A-Za-z])',
  // Bitbucket, Airtable.
  'ATBB[A-Za-z0-9]{28,36}(?![0-9A-Za-z])',
  String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`,
  'whsec_[A-Za-z0-9+/=]{20,128}',
  // Rancher's, and kubeadm's bootstrap tokens, both with a part that may be known.
  'token-[a-z0-9]{5}:[a-z0-9]{54}',
  // JSON Web Tokens: service account tokens and most bearer tokens.
  'eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]{8}[A-Za-z0-9_.-]*',
  // A JSON document in base64 that begins {"auths": docker's configuration in a Secret.
  'eyJhdXRocyI6[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=]*',
  // crypt(5) hashes, Apache's, and those of argon2 and scrypt.
  '\\$(?:1|2[abxy]|5|6|7|y|gy|apr1|argon2(?:id?|d)|scrypt)\\$[A-Za-z0-9./$=,+-]{8}[A-Za-z0-9./$=,+-]*',
  // Hashes of LDAP (RFC 2307) and Apache.
  String.raw`\{S?(?:SHA|MD5)(?:224|256|384|512)?\}[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=]*`,
];

const token = new RegExp(`(?<![A-Za-z0-9_-])(?:${shapes.join('|')})`, 'g');

export function maskKnownTokens(text: string): string {
  return text.replaceAll(token, mask);
}
