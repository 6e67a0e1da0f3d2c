import { mask } from './mask.ts';

/**
 * Credentials that are known by their own shape, whatever they are called. Each pattern starts with a fixed text and
 * then takes one run of characters, so that no text is looked at twice. (`x{8}x*`, not `x{8,}`: V8 needs no stack for
 * the former.)
 */
const shapes: readonly string[] = [
  // AWS access key ids (docs.aws.amazon.com/IAM, "unique identifiers").
  '(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])',
  // GitHub and GitLab tokens.
  'gh[pousr]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{20,255}',
  'glpat-[A-Za-z0-9_.-]{20,255}',
  // Docker Hub personal and organization access tokens.
  'dckr_[po]at_[A-Za-z0-9_-]{10,255}',
  'xox[abprs]-[A-Za-z0-9-]{10,255}',
  'AIza[A-Za-z0-9_-]{35}',
  // JSON Web Tokens: service account tokens and most bearer tokens.
  'eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]{8}[A-Za-z0-9_.-]*',
  // crypt(5) hashes.
  '\\$(?:1|2[aby]|5|6|7|y|gy)\\$[A-Za-z0-9./$=]{8}[A-Za-z0-9./$=]*',
];

const token = new RegExp(`(?<![A-Za-z0-9_-])(?:${shapes.join('|')})`, 'g');
const bearer = /(?<![A-Za-z0-9])(bearer\s{1,4})[A-Za-z0-9._~+/-]{16}[A-Za-z0-9._~+/=-]*/gi;
/** `curl -u user:password`; a numeric pair is `docker run -u 1000:1000`. */
const userOption =
  /(?<=\s)(-u|-U|--user|--proxy-user)([ =]{1,4}["']?)(?!\d+:\d+(?![^\s"']))[^\s"':]{1,256}:[^\s"']{1,256}/g;
const sshpass = /(sshpass\s{1,4}-p\s{0,4})[^\s]{1,256}/g;

export function maskKnownTokens(text: string): string {
  return text
    .replaceAll(token, mask)
    .replaceAll(bearer, `$1${mask}`)
    .replaceAll(userOption, `$1$2${mask}:${mask}`)
    .replaceAll(sshpass, `$1${mask}`);
}
