import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isBroken, parseDockerConfig } from '../../registry/docker-config/docker-config.ts';
import { lookUpEntries } from '../../registry/docker-config/keyring.ts';
import { replacedKeys, withLogin } from './secret-content.ts';

const json = 'kubernetes.io/dockerconfigjson';
const login = { key: 'ghcr.io', user: 'kim', password: 'p:w' };
const entry = { username: 'kim', password: 'p:w', auth: Buffer.from('kim:p:w').toString('base64') };

describe('withLogin', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', { auths: { 'ghcr.io': entry } }],
    ['what kubelet cannot read', '{"auths":', { auths: { 'ghcr.io': entry } }],
    [
      'one bad entry, for which kubelet refuses the whole',
      '{"auths":{"quay.io":{"auth":"?"}}}',
      { auths: { 'ghcr.io': entry } },
    ],
    ['null', 'null', { auths: { 'ghcr.io': entry } }],
    [
      'other fields and entries',
      '{"credsStore":"x","auths":{"quay.io":{"auth":"YTpi","email":"e"}}}',
      { credsStore: 'x', auths: { 'quay.io': { auth: 'YTpi', email: 'e' }, 'ghcr.io': entry } },
    ],
    [
      'a field in another case, which Go takes',
      '{"Auths":{"quay.io":{}}}',
      { Auths: { 'quay.io': {}, 'ghcr.io': entry } },
    ],
    [
      'an older login under another spelling',
      '{"auths":{"https://ghcr.io":{},"https://ghcr.io/v2/":{},"ghcr.io/team":{}}}',
      { auths: { 'ghcr.io/team': {}, 'ghcr.io': entry } },
    ],
  ])('%s', (_, before, after) => {
    expect(JSON.parse(withLogin(before, json, login))).toEqual(after);
  });

  test('whatever was there, kubelet reads it and finds the login, and every other entry is as it was', () => {
    const anyEntry = fc.record({ auth: fc.constantFrom('YTpi', 'bWU6cGFzcw==') });
    const before = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(fc.oneof(fc.domain(), fc.constantFrom('ghcr.io', 'https://ghcr.io/v1/', '*.io')), anyEntry)
        .map((auths) => JSON.stringify({ auths })),
    );
    fc.assert(
      fc.property(before, fc.constantFrom(json, 'kubernetes.io/dockercfg' as const), (text, type) => {
        const config = parseDockerConfig(withLogin(text, type, login), type);
        if (isBroken(config)) throw new Error(config.problem);
        const found = lookUpEntries(config.entries, { registry: 'ghcr.io', repository: 'a/b' }).filter(
          ({ key }) => key === 'ghcr.io',
        );
        expect(found.map(({ user, password }) => [user, password.reveal()])).toEqual([['kim', 'p:w']]);
        const was = parseDockerConfig(text, type);
        const others = isBroken(was)
          ? []
          : was.entries.filter(({ key }) => !replacedKeys([key], 'ghcr.io').includes(key));
        expect(config.entries.filter(({ key }) => key !== 'ghcr.io').map(({ key, user }) => [key, user])).toEqual(
          others.map(({ key, user }) => [key, user]),
        );
      }),
    );
  });
});

test('Docker Hub is one registry under its two names; a path or a pattern is another key', () => {
  const keys = [
    'docker.io',
    'index.docker.io',
    'https://index.docker.io/v1/',
    'docker.io/team',
    '*.docker.io',
    'hub.docker.com',
    'https://index.docker.io/v1',
  ];
  expect(replacedKeys(keys, 'https://index.docker.io/v1/')).toEqual([
    'docker.io',
    'index.docker.io',
    'https://index.docker.io/v1/',
  ]);
});
