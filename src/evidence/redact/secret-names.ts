/** What is called by its last word: `DB_PASSWORD`, `identitytoken`, `aws_secret_access_key`, `clientSecret`. */
const passwords = [
  '(?<!no)pass(?:word|wd|phrase|code)',
  // `bypass` and `compass` are words.
  '(?<!by|com|tres|sur|over|under|mini)pass',
  '(?<=[_-])pwd',
  // Alone it is the working directory, unless it stands in quotes: rsyslog's pwd="…".
  String.raw`(?<![a-z_])pwd(?==\\?["'])`,
  '(?:bind|root|user|admin)[_-]?pw',
  'requirepass',
  'masterauth',
  'storepass',
  'keypass',
  'authtok',
];

const keys = [
  'api',
  'access',
  'secret',
  'private',
  'signing',
  'encryption',
  'encrypt',
  'account',
  'shared',
  'license',
  'ingestion',
  'routing',
  'integration',
  'write',
  'app',
  'application',
  'master',
  'certificate',
  'session',
  'service',
  'storage',
  'consumer',
  'deploy',
  'webhook',
  'subscription',
  'function',
  'functions',
  'cipher',
  'admin',
  'preshared',
  'pre-shared',
  'host-?encryption',
  'primary',
  'secondary',
  'user',
  'project',
  'auth',
  'token',
  'bot',
  'publish',
];

const others = [
  'secret',
  'token',
  'creds?',
  // systemd's LoadCredential= and PassCredentials= name files and switches.
  '(?<!load|pass|import|condition|assert|encrypted)credentials?',
  'authorization',
  'cookie',
  '(?<![a-z0-9])_?auth',
  '(?<![a-z])psk',
  'dockerconfigjson',
  'dockercfg',
  'key-?data',
  'secret[_-]?key[_-]?base',
  'connection[_-]?string',
  '(?<![a-z])r[ow]community6?',
];

/** What may stand behind the word that names a secret: `TOKEN_ID`, `PASSWORD_B64`, `secret2`. */
const endings = String.raw`(?:[_-]?(?:id|hash|enc|b64|base64|value|\d{1,2}))?`;

/** The words that name a secret when they end a key, as the source of an expression without regard to case. */
export const secretName =
  `(?:${[...passwords, ...others].join('|')}|` + String.raw`(?:${keys.join('|')})[_.-]?key)${endings}`;

const wholeKey = new RegExp(`${secretName}$`, 'i');

/** Whether a key names a secret. */
export function namesSecret(key: string): boolean {
  return wholeKey.test(key);
}
