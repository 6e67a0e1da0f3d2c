import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isBroken, parseDockerConfig, type BrokenDockerConfig, type DockerConfig } from './docker-config.ts';

const json = 'kubernetes.io/dockerconfigjson';
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const file = (...auths: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify({ auths: Object.fromEntries(auths) });

/** With the passwords, which a test may see. */
const plain = (config: DockerConfig | BrokenDockerConfig): unknown =>
  isBroken(config)
    ? config
    : config.entries.map(({ key, user, password, identityToken, registryToken }) =>
        [key, user, password.reveal(), identityToken?.reveal(), registryToken?.reveal()].filter(
          (value) => value !== undefined,
        ),
      );

describe('what kubelet reads', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    ['auth alone', { auth: base64('me:pass') }, ['me', 'pass']],
    ['a password with colons', { auth: base64('me:pa:ss:') }, ['me', 'pa:ss:']],
    ['auth without its padding', { auth: base64('me:passs').replaceAll('=', '') }, ['me', 'passs']],
    [
      'auth with line breaks, as base64 writes it',
      { auth: `${base64('me:pass').slice(0, 4)}\r\n${base64('me:pass').slice(4)}\n` },
      ['me', 'pass'],
    ],
    ['auth before user name and password', { username: 'a', password: 'b', auth: base64('me:pass') }, ['me', 'pass']],
    ['user name and password', { username: 'me', password: 'pass', email: 'me@example.com' }, ['me', 'pass']],
    ['an empty auth', { username: 'me', password: 'pass', auth: '' }, ['me', 'pass']],
    ['names in any case, the last one', { UserName: 'you', username: 'me', PASSWORD: 'pass' }, ['me', 'pass']],
    ['another script', { auth: base64('사용자:비밀번호') }, ['사용자', '비밀번호']],
    ['an identity token', { auth: base64('me:'), identitytoken: 'tok' }, ['me', '', 'tok']],
    ['a registry token', { registrytoken: 'tok' }, ['', '', 'tok']],
    ['nothing', {}, ['', '']],
    ['null', null, ['', '']],
  ])('%s', (_, entry, expected) => {
    expect(plain(parseDockerConfig(file(['ghcr.io', entry]), json))).toEqual([['ghcr.io', ...expected]]);
    expect(plain(parseDockerConfig(JSON.stringify({ 'ghcr.io': entry }), 'kubernetes.io/dockercfg'))).toEqual([
      ['ghcr.io', ...expected],
    ]);
  });

  it.each(['null', '{}', '{"auths":null}', '{"auths":{}}', '{"credHelpers":{"ghcr.io":"x"}}'])(
    '%s: no logins',
    (text) => {
      expect(parseDockerConfig(text, json)).toEqual({ entries: [] });
    },
  );

  it('fields beside auths are left', () => {
    expect(
      plain(parseDockerConfig('{"HttpHeaders":{"a":"b"},"AUTHS":{"ghcr.io":{"auth":"bWU6cGFzcw=="}}}', json)),
    ).toEqual([['ghcr.io', 'me', 'pass']]);
  });
});

describe('what kubelet refuses', () => {
  it.each<[string, BrokenDockerConfig]>([
    ['', { problem: 'empty' }],
    ['{"auths":', { problem: 'not-json' }],
    ['\uFEFF{}', { problem: 'not-json' }],
    ['{} trailing', { problem: 'not-json' }],
    ['[]', { problem: 'wrong-shape' }],
    ['"text"', { problem: 'wrong-shape' }],
    ['{"auths":[]}', { problem: 'wrong-shape' }],
    ['{"auths":"ghcr.io"}', { problem: 'wrong-shape' }],
    [file(['ghcr.io', 'text']), { problem: 'wrong-shape', key: 'ghcr.io' }],
    [file(['ghcr.io', { username: 1 }]), { problem: 'wrong-shape', key: 'ghcr.io' }],
    [file(['ghcr.io', { email: {} }]), { problem: 'wrong-shape', key: 'ghcr.io' }],
    [file(['ghcr.io', { auth: ['a'] }]), { problem: 'wrong-shape', key: 'ghcr.io' }],
    [file(['ghcr.io', { auth: 'me:pass' }]), { problem: 'auth-not-base64', key: 'ghcr.io' }],
    [file(['ghcr.io', { auth: 'bWU6 cGFzcw==' }]), { problem: 'auth-not-base64', key: 'ghcr.io' }],
    [
      file(['ghcr.io', { auth: base64('me:pässword').replaceAll('/', '_').replaceAll('+', '-').replace(/.$/u, '_') }]),
      { problem: 'auth-not-base64', key: 'ghcr.io' },
    ],
    [
      file(['ok.example', { auth: base64('a:b') }], ['ghcr.io', { auth: base64('onlytoken') }]),
      { problem: 'auth-without-colon', key: 'ghcr.io' },
    ],
  ])('%s', (text, problem) => {
    expect(parseDockerConfig(text, json)).toEqual(problem);
  });
});

test('whatever the text, it never throws and shows nothing of it but keys', () => {
  const anyEntry = fc.record(
    {
      auth: fc.oneof(fc.constant('SECRETSECRET'), fc.base64String(), fc.constant(base64('me:SECRETSECRET'))),
      username: fc.jsonValue(),
      password: fc.constantFrom('SECRETSECRET', 'x'),
    },
    { requiredKeys: [] },
  );
  const anyText = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.domain(), anyEntry).map((auths) => JSON.stringify({ auths })),
    fc.dictionary(fc.domain(), anyEntry).map((auths) => `${JSON.stringify({ auths })}SECRETSECRET`),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const config = parseDockerConfig(text, json);
      for (const shown of [JSON.stringify(config), inspect(config, { depth: null, showHidden: true })])
        expect(shown).not.toContain('SECRETSECRET');
    }),
  );
});

test('what Docker writes is read as it was', () => {
  const login = fc.record({
    key: fc.domain(),
    user: fc.string().filter((text) => !text.includes(':') && text.isWellFormed()),
    password: fc.string().filter((text) => text.isWellFormed()),
  });
  fc.assert(
    fc.property(fc.uniqueArray(login, { selector: ({ key }) => key }), (logins) => {
      const text = file(
        ...logins.map(({ key, user, password }) => [key, { auth: base64(`${user}:${password}`) }] as const),
      );
      expect(plain(parseDockerConfig(text, json))).toEqual(
        logins.map(({ key, user, password }) => [key, user, password]),
      );
    }),
  );
});
