import { mask } from './mask.ts';

/** Files whose lines hold a password by its place, not by a name. */
const lines: readonly RegExp[] = [
  // .netrc and apt's auth.conf.
  /((?<![\w-])login[ \t]{1,8}\S{1,128}[ \t]{1,8}password[ \t]{1,8})\S{1,256}/g,
  // .pgpass: host:port:database:user:password.
  /^([ \t+-]{0,8}[A-Za-z*][\w.*-]{0,253}:(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}:)[^\s:/]{1,256}$/gm,
  // pppd's chap-secrets and pap-secrets.
  /^([ \t+-]{0,8}\S{1,64}[ \t]{1,16}\*[ \t]{1,16}")[^"\n]{1,256}(?=")/gm,
  // ipsec.secrets.
  /((?<![\w-])(?:PSK|EAP|XAUTH|NTLM|PIN)[ \t]{1,8}")[^"\n]{1,256}(?=")/g,
  // rsyslog's ommysql and its like: server,database,user,password.
  /(:om\w{1,16}:[^\s,]{1,128},[^\s,]{1,64},[^\s,]{1,64},)[^\s,;]{1,128}/g,
  // snmpd's createUser.
  /(createUser[ \t]{1,8}\S{1,64}[ \t]{1,8}(?:MD5|SHA[\d-]{0,4})[ \t]{1,8}"?)[^"\s]{1,128}/g,
  /(createUser[ \t]{1,8}\S{1,64}[ \t]{1,8}\S{1,8}[ \t]{1,8}\S{1,128}[ \t]{1,8}(?:AES|DES)[ \t]{1,8}"?)[^"\s]{1,128}/g,
  // snmpd's communities.
  /^([ \t+-]{0,8}r[ow](?:community|user)6?[ \t]{1,8})\S{1,128}/gm,
  // systemd.
  /^([ \t+-]{0,8}SetCredential[ \t]{0,8}=[ \t]{0,8}[\w.-]{1,128}:).{1,512}$/gm,
  // HAProxy's userlist.
  /((?<![\w-])user[ \t]{1,8}\S{1,64}[ \t]{1,8}(?:insecure-)?password[ \t]{1,8})\S{1,256}/g,
  // A session in a cookie: all of it, for its name is anybody's choice.
  /((?<![\w-])(?:set-)?cookie:[ \t]{0,8})[^\s][^\n]*/gi,
];

export function maskPasswordLines(text: string): string {
  return lines.reduce((masked, line) => masked.replaceAll(line, `$1${mask}`), text);
}
