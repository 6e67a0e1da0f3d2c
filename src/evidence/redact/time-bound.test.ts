import { expect, it } from 'vitest';
import { rules } from '../redact.ts';
import rulesText from './gitleaks/rules.json?raw';
import { maskProviderTokens } from './provider-tokens.ts';
import type { ProviderRule } from './provider-rule.ts';

/**
 * What makes a backtracking expression slow: the beginnings of what the rules look for, many times over on one line or
 * on many. Whoever can write a line of a log, a message or a comment can write these.
 */
const hostile: readonly string[] = [
  'a',
  'a ',
  '0',
  'A1b',
  'aA1-',
  'a_',
  'ab-cd-',
  'a.b.',
  '=',
  'x=',
  '"',
  "'",
  '\\',
  '\\"',
  ' ',
  '\t',
  '\n',
  ' \n',
  '\n- ',
  '+',
  '%',
  '@',
  '{',
  '[',
  '[[',
  '[a',
  '://',
  '://a:b/',
  '://hook',
  '://a/hooks/',
  '://a/hooks/a1b2c3d4/',
  'https://hooks.',
  'http://a:',
  'http://a:b@',
  '?sig=',
  '?u=a&p=',
  '/bot12345:',
  'proxy=',
  'proxy=a:',
  'pass',
  'pass,',
  '("pass",',
  'password',
  'password ',
  'password="',
  'password:|\n ',
  'password:|\n  a\n',
  'token ',
  'token=',
  'token:',
  'token:{',
  'token: [',
  'token: ["a",',
  'token:\n',
  'token:\n- a',
  '\\"token\\":\\"',
  '--token ',
  '--pass ',
  '-pass ',
  'auth auth: ',
  'requirepass a\n',
  'key=',
  'value:',
  'value: x, name: token',
  'name: token value',
  '"name":"token","value":',
  '<a>',
  '<password>',
  '<name>token</name>',
  'kind: Secret data: {',
  'kind: Secret\ndata:\n  a: b\n',
  'data:{',
  'Basic ',
  'basic aaaaaaaaaa',
  'Bearer ',
  'header x-',
  'proxy_set_header a',
  'cookie: ',
  'cookie:',
  'mysql -p',
  'docker login ',
  'docker login -p a ',
  'redis-cli -a ',
  'sqlplus ',
  'sqlplus a/',
  'mc alias set a b c ',
  'curl -u ',
  ' -u aaaaaaaa',
  'htpasswd -b ',
  'vault login -a ',
  'echo ',
  'echo a|',
  'echo a | docker login ',
  'echo a | a b c ',
  'printf %s ',
  'login a password ',
  'user a password ',
  'a:1:a:a:',
  'a * "',
  'PSK "',
  ':omx:a,',
  'createUser a MD5 ',
  'rocommunity ',
  'SetCredential=a:',
  '-----BEGIN PRIVATE KEY-----',
  'MII',
  'MIIEpAIBAAKCA',
  'MHcCAQEE\n',
  'LS0tLS1CRUdJTi',
  'b3BlbnNzaC1rZXktdj',
  'Private-Lines: 1\n',
  'Private-Lines: 1\naa\n',
  '{SHA}',
  '$1$',
  'eyJ',
  'eyJaaaaaaaaa.',
  'gho_',
  'Ab1Ab1Ab1Ab1Ab1Ab1Ab1Ab1Ab1Ab1Ab1Ab1.',
  '가',
  '\u2028',
];

const size = 1_000_000;
/** Milliseconds of CPU that one rule may take for a megabyte; the slowest takes a fifth on a machine of 2024. */
const most = 1_000;

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How long a rule takes for a megabyte of a text many times over, milliseconds of CPU. What takes a fifth of a second
 * is measured; of the others a sixteenth of the text is enough to know: were the time quadratic, that would take as long.
 */
function msOfMegabyte(rule: (text: string) => string, unit: string): number {
  const line = (length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const part = line(size / 16);
  const estimate = 16 * cpuMs(() => rule(part));
  if (estimate < most / 5) return estimate;
  const whole = line(size);
  return cpuMs(() => rule(whole));
}

it('each rule takes less than a second for a megabyte of anything', () => {
  const slow = hostile.flatMap((unit) =>
    rules.flatMap((rule) => {
      const ms = msOfMegabyte(rule, unit);
      return ms < most ? [] : [`${rule.name}, ${JSON.stringify(unit)}: ${ms.toFixed(0)} ms`];
    }),
  );
  expect(slow).toEqual([]);
}, 60_000);

it('each rule for providers takes less than a second for a megabyte of its keyword, before a token that never comes', () => {
  const keywords = new Set((JSON.parse(rulesText) as readonly ProviderRule[]).flatMap((rule) => rule.keywords));
  const slow = [...keywords].flatMap((keyword) => {
    const ms = msOfMegabyte(maskProviderTokens, `${keyword}${keyword}=${'a1'.repeat(20)}`);
    return ms < most ? [] : [`${keyword}: ${ms.toFixed(0)} ms`];
  });
  expect(slow).toEqual([]);
}, 60_000);
