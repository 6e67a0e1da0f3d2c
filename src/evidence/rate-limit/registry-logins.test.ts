import { expect, test } from 'vitest';
import { parseDockerConfig, type DockerConfig } from '../../registry/docker-config/docker-config.ts';
import { parseReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import type { SecretLogins } from '../pull-secrets/collect-pull-secrets.ts';
import { registryLogins } from './registry-logins.ts';

function secret(name: string, auths: Readonly<Record<string, object>>): SecretLogins {
  const [namespace = '', only = ''] = name.split('/');
  const { entries } = parseDockerConfig(JSON.stringify({ auths }), 'kubernetes.io/dockerconfigjson') as DockerConfig;
  return { namespace, secret: only, entries };
}

const kim = { username: 'kim', password: 'a:b' };
const hub = 'https://index.docker.io/v1/';
const preview = parseReference('ratelimitpreview/test') as ImageReference;

test('a login is asked with once, however many secrets hold it; other registries are left out', () => {
  const found = registryLogins(
    [
      secret('web/hub', { [hub]: kim, 'ghcr.io': { username: 'kim', password: 'other' } }),
      secret('ops/hub', { 'docker.io': kim, 'index.docker.io': { auth: Buffer.from('kim:a:b').toString('base64') } }),
      secret('ops/team', { 'docker.io/team': { username: 'team', password: 'x' } }),
      secret('ops/ghcr', { 'ghcr.io': kim, 'mirror.docker.io': kim }),
    ],
    preview,
  );

  expect(found).toEqual([
    {
      login: { user: 'kim', password: 'a:b' },
      secrets: [
        { namespace: 'web', secret: 'hub' },
        { namespace: 'ops', secret: 'hub' },
      ],
    },
    { login: { user: 'team', password: 'x' }, secrets: [{ namespace: 'ops', secret: 'team' }] },
  ]);
});

test('an entry without a password is not a login', () => {
  const empty = secret('web/helper', { [hub]: {}, 'docker.io': { username: 'kim' } });

  expect(registryLogins([empty], preview)).toEqual([]);
});
