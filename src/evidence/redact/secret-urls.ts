import { mask } from './mask.ts';

/**
 * Parameters of a URL's query that open what it points to, whatever their value: signatures of pre-signed URLs (AWS,
 * Google, Azure, OpenStack, Alibaba), tokens and passwords.
 */
const openers = [
  'sig',
  'sas',
  'signature',
  'x-(?:amz|goog|oss|cos)-(?:signature|security-token)',
  'temp_url_sig',
  String.raw`(?:[\w-]{0,24}[_-])?(?:token|secret|password|passwd|pwd|api-?key|app-?key|access-?key)`,
  'apikey',
  'auth(?:orization)?',
  'code',
  'key',
].join('|');
const parameter = new RegExp(
  String.raw`((?:[?&]|\\u0026|&amp;)(?:${openers})=)(?!\*)[^\s&"'\`<>\\;)\]},]{6}[^\s&"'\`<>\\;)\]},]*`,
  'gi',
);
/** InfluxDB's: `u=…&p=…`. */
const userAndPassword = /([?&]u=[^\s&"'`<>\\]{1,128}(?:&|\\u0026|&amp;)p=)(?!\*)[^\s&"'`<>\\;)\]},]+/gi;
/** Telegram writes the bot's token into the path. */
const bot = /(\/bot\d{5,16}:)[A-Za-z0-9_-]{30,64}/g;
/** A URL with a word for a webhook in its host or path: whoever has it may post. */
const hook =
  /(:\\?\/\\?\/[^\s"'`<>|(){}[\],;]{0,128}?(?:hooks?|webhookb2|connect-api|hc-ping)(?=[./])[\w.-]{0,64}(?::\d{1,5})?)((?:\\?\/[\w@.~%+-]{1,256}){1,12})/gi;
/** Of its path, what is not a word: seven characters or more with a digit in them, or twenty-four of any kind. */
const randomPart = /(?<=\/)(?:(?=[^/\d]*\d)[\w@.~%+-]{7,256}|[\w@.~%+-]{24,256})(?=\\?\/|$)/g;

/** URLs that are secrets themselves, or hold one beside user and password (`url-credentials.ts`). */
export function maskSecretUrls(text: string): string {
  if (!text.includes('=') && !text.includes('://') && !text.includes(String.raw`:\/\/`)) return text;
  return text
    .replaceAll(parameter, `$1${mask}`)
    .replaceAll(userAndPassword, `$1${mask}`)
    .replaceAll(bot, `$1${mask}`)
    .replaceAll(hook, (_all, head: string, path: string) => head + path.replaceAll(randomPart, mask));
}
