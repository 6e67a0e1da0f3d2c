import { mask, replaceParts, withoutOverlaps, type Masked } from './mask.ts';

/** A word of a command that is secret, found by what stands before it. */
interface CommandRule {
  /** Names of programs. */
  readonly programs: readonly string[];
  /** What leads to the secret, as the source of an expression; `GAP` is what stands between two words. */
  readonly lead: string;
  /** What the secret looks like, where it does not end with the word; its first group is what is masked. */
  readonly value?: string;
}

const logins = ['docker', 'podman', 'nerdctl', 'buildah', 'skopeo', 'helm', 'oras', 'crane', 'regctl', 'az', 'oc'];
const mysql = [
  'mysql',
  'mysqldump',
  'mysqladmin',
  'mysqlimport',
  'mysqlcheck',
  'mysqlshow',
  'mariadb',
  'mariadb-dump',
  'mariadb-admin',
  'xtrabackup',
];
const mongo = ['mongo', 'mongosh', 'mongodump', 'mongorestore', 'mongoexport', 'mongoimport', 'cqlsh'];
const ldap = ['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapdelete', 'ldapwhoami', 'ldappasswd', 'ldapcompare'];
const snmp = ['snmpwalk', 'snmpget', 'snmpset', 'snmpgetnext', 'snmpbulkwalk', 'snmpbulkget', 'snmptrap', 'snmptable'];
const smb = ['smbclient', 'rpcclient', 'smbget', 'smbmap', 'net'];

/** Options and operands that hold a secret and do not say so by their name, from the programs' manual pages. */
const rules: readonly CommandRule[] = [
  { programs: [...mysql, '7z', '7za', '7zr', 'rar', 'unrar', 'sshpass'], lead: 'BEFORE-p' },
  { programs: ['sshpass', ...mongo], lead: 'BEFORE-pGAP' },
  { programs: logins, lead: 'BEFORElogin(?=[\\s"\']).{0,200}?BEFORE-p(?:GAP)?' },
  { programs: ['redis-cli', 'valkey-cli', 'keydb-cli'], lead: 'BEFORE-aGAP' },
  { programs: ['http', 'https', 'xh'], lead: 'BEFORE-aGAP' },
  { programs: ['curl', 'wget'], lead: 'BEFORE(?:-b|--cookie)GAP' },
  { programs: ['lftp', 'ncftp', 'ncftpput'], lead: 'BEFORE-uGAP[^\\s,]{1,64},' },
  { programs: ['openssl'], lead: 'BEFORE(?:-k|-K)GAP' },
  { programs: ['openssl'], lead: 'BEFORE-pass(?:in|out)?GAPpass:' },
  { programs: ['zip', 'unzip', 'ipmitool', 'sqlcmd', 'bcp', 'ncftpput'], lead: 'BEFORE-P(?:GAP)?' },
  { programs: smb, lead: 'BEFORE(?:-U|--user=)(?:GAP)?[^\\s%]{1,64}%' },
  { programs: ldap, lead: 'BEFORE-[ws]GAP' },
  { programs: snmp, lead: 'BEFORE-[cAXKk]GAP' },
  { programs: ['rabbitmqctl'], lead: 'BEFORE(?:add_user|change_password|authenticate_user)GAPWORDGAP' },
  {
    programs: ['sqlplus', 'exp', 'imp', 'expdp', 'impdp', 'rman'],
    lead: 'GAP[A-Za-z]\\w{0,64}/',
    value: '([^\\s@"\'/]{1,128})(?=@|["\'\\s])',
  },
  { programs: ['mc'], lead: 'BEFORE(?:alias set|config host add|aliasGAPset)GAPWORDGAPWORDGAPWORDGAP' },
  { programs: ['aws'], lead: 'BEFOREconfigureGAPsetGAP[\\w.-]{0,64}(?:secret|token)[\\w.-]{0,64}GAP' },
  { programs: ['vault', 'bao'], lead: 'BEFORElogin(?:GAP-[\\w=.-]{1,64}){0,4}GAP(?!-)' },
  { programs: ['kubectl', 'oc'], lead: 'BEFORE--from-literal(?:=|GAP)[\\w.-]{1,253}=' },
  { programs: ['htpasswd'], lead: 'BEFORE-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}(?:GAP-\\w{1,8}){0,3}GAPWORDGAPWORDGAP' },
  { programs: ['htpasswd'], lead: 'BEFORE-[a-zA-Z]{0,6}n[a-zA-Z]{0,6}b[a-zA-Z]{0,6}GAPWORDGAP' },
  { programs: ['grafana-cli', 'grafana'], lead: 'BEFOREreset-admin-password(?:GAP-[\\w=.-]{1,64}){0,3}GAP' },
  { programs: ['nmcli'], lead: 'BEFOREpasswordGAP' },
  { programs: ['useradd', 'usermod'], lead: 'BEFORE(?:-p|--password)GAP' },
  { programs: ['pscp', 'plink', 'putty'], lead: 'BEFORE-pwGAP' },
  {
    programs: ['ctr', 'crictl', 'etcdctl', 'curl', 'wget', 'nerdctl', 'skopeo', 'http'],
    lead: 'BEFORE(?:-u|-U|--user|--proxy-user|--creds|--src-creds|--dest-creds|--dst-creds)(?:=|GAP)?',
    value: '([^\\s:"\'\\\\/]{1,128}:[^\\s"\'\\\\]{1,256})',
  },
];

/** Between two words: blanks of a shell, or what a list of JSON has. */
const gap = String.raw`(?:\s{1,8}|\\?["'],\s{0,8}\\?["'])`;
const before = String.raw`(?<=[\s"'])`;
const word = String.raw`[^\s"'\\]{1,256}`;
/** A quoted word to its quote, another to its end. */
const anyValue = String.raw`(?!\\?["'],)(?:'([^'\n]{1,512})'|\\?"((?:[^"\\\n]|\\(?!")){1,512})\\?"|([^\s"'\\|;&<>\n]{1,512}))`;
/** A command longer than this has its secret further in front. */
const longestCommand = 1024;
const commandEnd = /[\n|;&]/;

const names = [...new Set(rules.flatMap(({ programs }) => programs))].toSorted((a, b) => b.length - a.length);
const program = new RegExp(`(?:(?<![\\w./-])|(?<=bin/))(?:${names.join('|')})(?=[\\s"'\\\\])`, 'g');
const compiled = new Map(
  names.map((name) => [name, rules.filter(({ programs }) => programs.includes(name)).map(expressionOf)]),
);

function expressionOf({ lead, value = anyValue }: CommandRule): RegExp {
  const source = lead.replaceAll('GAP', gap).replaceAll('BEFORE', before).replaceAll('WORD', word);
  return new RegExp(`${source}${value}`, 'dg');
}

/** What stands before a pipe into a program that reads a password: `echo x | docker login --password-stdin`. */
const piped =
  /((?:echo|printf)\s{1,4}(?:-[neE]{1,3}\s{1,4})?(?:(?:'|\\?")?%s(?:\\{1,2}n)?(?:'|\\?")?\s{1,4})?)([^|\n]{1,256}?)(\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?(?:[\w./-]{0,64}\/)?(?:chpasswd|passwd\b[^\n]{0,64}--stdin|sudo\s[^\n]{0,32}-S|gpg\b[^\n]{0,256}--passphrase-fd|(?:[\w-]{1,16}\s{1,4}){1,3}[^|\n]{0,128}?--password-stdin))/g;

/** `-u user:password` of any program; a numeric pair is `docker run -u 1000:1000`. */
const userOption =
  /(?<=\s)(-u|-U|--user|--proxy-user)([ =]{1,4}["']?)(?!\d+:\d+(?![^\s"']))[^\s"':]{1,256}:[^\s"']{1,256}/g;

/** Secrets among the arguments of programs that are known to take them there. */
export function maskCommandSecrets(text: string): string {
  const users = text.replaceAll(userOption, `$1$2${mask}:${mask}`);
  const found = replaceParts(users, commandParts(users));
  if (!found.includes('|')) return found;
  return found.replaceAll(piped, (_all, echo: string, words: string, to: string) => echo + maskWords(words) + to);
}

/** Variables are not secrets, and quotes stay. */
function maskWords(words: string): string {
  return words.replace(/^(\\?["']?)(?!\$)(.*?)(\\?["']?)$/s, `$1${mask}$3`);
}

function commandParts(text: string): readonly Masked[] {
  const parts: Masked[] = [];
  const starts = [...text.matchAll(program)];
  for (const [place, { index, 0: name }] of starts.entries()) {
    const start = index + name.length;
    const command = commandAt(text, start, starts[place + 1]?.index ?? text.length);
    for (const expression of compiled.get(name) ?? []) parts.push(...secretsIn(command, expression, start));
  }
  return withoutOverlaps(parts);
}

/** What follows a program: up to the next one, or the command's end. Of what is too long no word is cut in two. */
function commandAt(text: string, start: number, next: number): string {
  const words = text.slice(start, Math.min(next, start + longestCommand));
  const whole = next > start + longestCommand ? words.slice(0, Math.max(0, words.lastIndexOf(' '))) : words;
  const end = whole.search(commandEnd);
  return end === -1 ? whole : whole.slice(0, end);
}

function secretsIn(command: string, expression: RegExp, offset: number): readonly Masked[] {
  return [...command.matchAll(expression)].flatMap(({ indices }) => {
    const place = indices?.slice(1).find((each) => each !== undefined);
    if (place === undefined) return [];
    const value = command.slice(place[0], place[1]);
    // A variable, a port mapping or a user and group by number is none.
    if (/^\$\{?\w+\}?$|^\d+(?::\d+)?$|^\*+$/.test(value) || value.includes(mask)) return [];
    return [{ start: offset + place[0], end: offset + place[1], by: mask }];
  });
}
