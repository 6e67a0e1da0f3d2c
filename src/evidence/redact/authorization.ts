import { mask } from './mask.ts';

/** HTTP's schemes of authentication that are followed by the secret itself, with what a secret has at least. */
const tokenScheme =
  /(?<![A-Za-z0-9])((?:bearer|splunk|apikey|geniekey|kakaoak|ssws|token token=?)\s{1,4}["']?)[A-Za-z0-9._~+/-]{16}[A-Za-z0-9._~+/=-]*/gi;
/** `Basic` is a word of prose as well: what follows has to be `user:password` in base64 (RFC 7617). */
const basic = /(?<![A-Za-z0-9])(basic\s{1,4})([A-Za-z0-9+/]{8}[A-Za-z0-9+/]*={0,2})/gi;
/** A header as an option's value or a directive's: `Header X-Api-Key x`, `proxy_set_header X-Auth-Token "x"`. */
const headerDirective =
  /(?<![\w-])((?:\w{0,16}_)?header[ \t]{1,8}(?:X-)?[\w-]{0,40}(?:key|token|auth|secret|authorization)[ \t]{1,8}["']?)[^\s"';]{8,512}/gi;
/** Looked for before it: a beginning that is any word takes as long as all other rules here together. */
const headerWord = /header[ \t]/i;

export function maskAuthorization(text: string): string {
  const masked = text
    .replaceAll(tokenScheme, `$1${mask}`)
    .replaceAll(basic, (all: string, scheme: string, value: string) => (isUserPassword(value) ? scheme + mask : all));
  return headerWord.test(masked) ? masked.replaceAll(headerDirective, `$1${mask}`) : masked;
}

function isUserPassword(base64: string): boolean {
  return /^[^\p{Cc}:]{1,256}:[^\p{Cc}]*$/u.test(Buffer.from(base64, 'base64').toString('utf8'));
}
