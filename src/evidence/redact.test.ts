import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { redactBytes, redactText, rules } from './redact.ts';

/** Made up for this test; none opens anything. */
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJlLW9mLW5vdGhpbmc';
const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nhunter2+/abc==\n-----END RSA PRIVATE KEY-----';

describe('redactText', () => {
  test.each([
    // Credentials in URLs
    ['http://user:hunter2@proxy:3128', 'http://***:***@proxy:3128'],
    [
      '{"proxies":{"http-proxy":"http://user:hunter2@proxy:3128"}}',
      '{"proxies":{"http-proxy":"http://***:***@proxy:3128"}}',
    ],
    [String.raw`{"https-proxy":"http:\/\/user:hunter2@proxy"}`, String.raw`{"https-proxy":"http:\/\/***:***@proxy"}`],
    [String.raw`"http://user:a\u0026hunter2@proxy"`, '"http://***:***@proxy"'],
    ['http://user:p@hunter2@proxy/', 'http://***:***@proxy/'],
    ['http://user:hunter/2@proxy/', 'http://***:***@proxy/'],
    ['http://user:hunter2', 'http://***:***'],
    ['https://ghp@github.com/a/b', 'https://***@github.com/a/b'],
    ['socks5h://user:hunter2@[::1]:1080', 'socks5h://***:***@[::1]:1080'],
    ['http_proxy=user:hunter2@proxy:3128', 'http_proxy=***:***@proxy:3128'],
    ['"http-proxy": "user:hunter2@proxy:3128"', '"http-proxy": "***:***@proxy:3128"'],
    // Environment files and units
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=***'],
    ['export TOKEN=hunter2 and more', 'export TOKEN=***'],
    ["MYSQL_PWD='hunter 2' x", "MYSQL_PWD='***' x"],
    ['Environment="API_KEY=hunter 2" "A=b"', 'Environment="API_KEY=***" "A=b"'],
    ['aws_secret_access_key = hunter2', 'aws_secret_access_key = ***'],
    // JSON and YAML
    ['{"auths":{"r.io":{"auth":"aHVudGVyMg=="}}}', '{"auths":{"r.io":{"auth":"***"}}}'],
    ['{"identitytoken" : "hunter2", "a": 1}', '{"identitytoken" : "***", "a": 1}'],
    [String.raw`{"password":"hun\"ter2"}`, '{"password":"***"}'],
    [String.raw`"{\"password\":\"hunter2\",\"b\":1}"`, String.raw`"{\"password\":\"***\",\"b\":1}"`],
    ['{"password":12345,"b":1}', '{"password":***,"b":1}'],
    ['password: my hunter2', 'password: ***'],
    ['  - token: hunter2\r\n    b: c\r\n', '  - token: ***\r\n    b: c\r\n'],
    ['a:\n  password: |\n    hunter2\n\n    again\n  b: c\n', 'a:\n  password: |\n    ***\n\n    ***\n  b: c\n'],
    ['{"password":"hunter2', '{"password":"***'],
    // TOML of containerd
    [
      '[plugins."x".registry.configs."r.io".auth]\n  username = "kim"\n  password = "hunter2"',
      '[plugins."x".registry.configs."r.io".auth]\n  username = "kim"\n  password = "***"',
    ],
    // Command lines, as in a postrotate script
    ['curl -u kim:hunter2 http://x', 'curl -u ***:*** http://x'],
    ['tool --password hunter2 -v', 'tool --password *** -v'],
    ['tool --token=hunter2 -v', 'tool --token=*** -v'],
    ["sshpass -p 'hunter2' ssh x", "sshpass -p '***' ssh x"],
    ['curl -H "Authorization: Bearer hunter2 x" http://y', 'curl -H "Authorization: ***" http://y'],
    // By their own shape
    ['Bearer abcdefghijklmnop1234', 'Bearer ***'],
    [`x ${jwt} y`, 'x *** y'],
    ['AKIAIOSFODNN7EXAMPLE', '***'],
    [`ghp_${'a1'.repeat(18)}`, '***'],
    [`dckr_pat_${'a1'.repeat(14)}`, '***'],
    ['root:$6$saltsalt$hunter2hunter2:19000:0', 'root:***:19000:0'],
    [key, '-----BEGIN RSA PRIVATE KEY-----\n***\n***\n-----END RSA PRIVATE KEY-----'],
    [JSON.stringify(key), '"-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"'],
    ['-----BEGIN PRIVATE KEY-----\nhunter2', '-----BEGIN PRIVATE KEY-----\n***'],
    [
      '+-----BEGIN PRIVATE KEY-----\n+hunter2\n+-----END PRIVATE KEY-----',
      '+-----BEGIN PRIVATE KEY-----\n+***\n+-----END PRIVATE KEY-----',
    ],
  ])('%j', (text, masked) => {
    expect(redactText(text)).toBe(masked);
  });

  test.each([
    'http://[::1]:80/a@b',
    'http://host:8080/path@v1',
    'git+ssh://git@github.com/x',
    'https://host/a?b=c@d',
    'docker run -u 1000:1000 x',
    '"secret": {"a": 1}',
    '"token": null',
    'automountServiceAccountToken: false',
    'password=',
    'password-file=/run/x',
    'tokenTTL: 5m',
    'Enter the password to go on',
    'user=kim',
    'auth required pam_unix.so',
    'eyJ',
    'AKIA',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'su root adm',
    'create 0640 root adm',
    '/var/lib/docker/containers/*/*-json.log {\n  rotate 10\n  maxsize 100M\n}\n',
  ])('leaves %j as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('leaves the configuration of a plain machine as it is', () => {
    const folders = ['/etc/logrotate.d', '/etc/cron.d', '/etc/apt/apt.conf.d', '/etc/sysctl.d'].filter((path) =>
      statSync(path, { throwIfNoEntry: false }),
    );
    const files = folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((path) => statSync(path).isFile());
    for (const path of files) {
      const text = readFileSync(path, 'latin1');
      expect(redactText(text), path).toBe(text);
    }
    // Whatever the machine is, these are part of this suite.
    for (const text of [readFileSync(join(import.meta.dirname, 'probe/prelude.sh'), 'utf8')])
      expect(redactText(text)).toBe(text);
  });

  /** Pieces that secrets are made of, put together in all kinds of wrong orders. */
  const piece = fc.constantFrom(
    'http://',
    '://',
    'user:pw@',
    '@',
    '/',
    ':',
    '=',
    ' = ',
    '"',
    "'",
    '\\"',
    '\\',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '  ',
    '{',
    '}',
    '[',
    ',',
    '|',
    '|\n',
    '>-\n',
    'password',
    'TOKEN',
    'token:',
    'secret=',
    '"auth":',
    '--token',
    '-u',
    'proxy',
    'http_proxy=',
    'Bearer ',
    'eyJ',
    '.',
    'AKIA0123456789ABCDEF',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----',
    '$6$',
    'abcdefghijklmnopqrstuvwxyz',
    '0123456789',
    '***',
    '+',
    '-',
    '#',
    '가',
    '\u2028',
    'null',
  );
  const mess = fc
    .array(fc.oneof({ weight: 6, arbitrary: piece }, { weight: 1, arbitrary: fc.string({ maxLength: 6 }) }), {
      maxLength: 40,
    })
    .map((pieces) => pieces.join(''));

  test('doing it twice changes nothing', () => {
    fc.assert(
      fc.property(mess, (text) => {
        const once = redactText(text);
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: runs(5000) },
    );
  });

  test('every line stays a line', () => {
    const lines = (text: string): number => text.split('\n').length;
    fc.assert(
      fc.property(mess, (text) => {
        expect(lines(redactText(text))).toBe(lines(text));
      }),
      { numRuns: runs(2000) },
    );
  });

  test('text without anything that introduces a secret is never changed', () => {
    const harmless = fc.string({
      unit: fc.constantFrom(...Array.from('abcdfghi 0123456789_./*{}()[]<>;,!?%&\n\t"\'\\가é')),
    });
    fc.assert(
      fc.property(harmless, (text) => {
        expect(redactText(text)).toBe(text);
      }),
      { numRuns: runs(2000) },
    );
  });

  test('what rules find in a text with digests is found, and a digest is masked where its name says so', () => {
    const digests = fc.constantFrom('0', 'a', 'f0').map((digits) => `sha256:${digits.repeat(64).slice(0, 64)}`);
    const words = fc.oneof(
      digests,
      digests.map((digest) => `registry.example.test/app@${digest}`),
      digests.map((digest) => `${digest}0 ${digest}-x /blobs/${digest.replace(':', '/')}`),
      fc.constantFrom(
        'password',
        'DB_PASSWORD',
        '--token',
        '"auth"',
        'curl -u',
        'docker login -p',
        'Bearer',
        'x',
        'kim:hunter2',
        jwt,
      ),
    );
    const text = fc
      .array(fc.tuple(words, fc.constantFrom(' ', '\n', '=', ': ', '": "', '\n  - ')), { maxLength: 12 })
      .map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, (input) => {
        expect(redactText(input)).toBe(rules.reduce((masked, rule) => rule(masked), input));
      }),
      { numRuns: runs(500) },
    );
    expect(redactText(`password: sha256:${'0a'.repeat(32)}`)).toBe('password: ***');
  });

  test('a secret does not survive, whatever stands around it', () => {
    const secret = 'Hunter2x9Q';
    const forms = fc.constantFrom(
      `http://kim:${secret}@proxy`,
      `PASSWORD=${secret}`,
      `"password": "${secret}"`,
      `token: ${secret}`,
      `--password ${secret}`,
      `DB_PASS='${secret}'`,
      `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
      `\\"secret\\":\\"${secret}\\"`,
      `\nproxy = kim:${secret}@host`,
    );
    // What stands before a key on its line must not make another word of it.
    const before = mess.map((text) => `${text}\n`);
    fc.assert(
      fc.property(before, forms, fc.string(), (start, form, end) => {
        expect(redactText(`${start}${form}\n${end}`)).not.toContain(secret);
      }),
      { numRuns: runs(5000) },
    );
  });

  const cpuMs = (work: () => void): number => {
    const { user, system } = process.cpuUsage();
    work();
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  };

  /** Garbage of other tests that is collected in one of two short measures is counted with it; what is too slow is so each time. */
  const holdsOnce = (holds: () => boolean): boolean => [1, 2, 3].some(() => holds());

  // Three of them where it was measured, and a second of CPU: another machine has another pace.
  test('10 MB of what nodes have take no more than six passes that change each word', () => {
    const rule =
      '/var/lib/docker/containers/*/*-json.log {\n  rotate 10\n  daily\n}\n"log-driver": "json-file", "http-proxy": "http://a:b@c:1"\n';
    const text = rule.repeat(Math.ceil(10_000_000 / rule.length));

    const pass = (): void => {
      text.split('\n').map((line) => line.replaceAll(/[a-z]+/g, (word) => word.toUpperCase()));
    };
    expect(holdsOnce(() => 6 * cpuMs(pass) > cpuMs(() => redactText(text)))).toBe(true);
  });

  test.each([
    '://a:b/',
    '://',
    'eyJ',
    'eyJaaaaaaaaa.',
    'a',
    'token ',
    'token=',
    'token:{',
    '-----BEGIN PRIVATE KEY-----',
    'password:|\n ',
    'password:|\n  a\n',
    'password="',
    ' ',
    'proxy=',
    'proxy=a:',
    '@',
    ' -u ',
    ' -u aaaaaaaa',
    'gho_',
    '$1$',
    'bearer ',
    'auth auth: ',
    'http://a:b@',
    '\\"token\\":\\"',
    '--token ',
  ])('the time is linear for %j many times over', (unit) => {
    const long = unit.repeat(2_000_000 / unit.length);
    redactText(long.slice(0, 200_000));
    const short = (): number => cpuMs(() => redactText(long.slice(0, 500_000)));

    // Four times the text; quadratic would be sixteen times the time.
    expect(holdsOnce(() => Math.max(2, short()) * 10 + 50 > cpuMs(() => redactText(long)))).toBe(true);
  });
});

describe('redactBytes', () => {
  test('gives the same bytes back when there is nothing to mask', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        if (redactText(Buffer.from(bytes).toString('latin1')) !== Buffer.from(bytes).toString('latin1')) return;
        expect(Buffer.from(redactBytes(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  test('masks between bytes that are not text', () => {
    const bytes = Buffer.concat([Buffer.from([255, 0, 128]), Buffer.from('\npassword=hunter2\n'), Buffer.from([254])]);

    expect(Buffer.from(redactBytes(bytes)).toString('latin1')).toBe('\u00ff\u0000\u0080\npassword=***\n\u00fe');
  });
});
