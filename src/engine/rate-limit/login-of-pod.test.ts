import { expect, test } from 'vitest';
import { projectPullSecret } from '../../evidence/pull-secrets/project-pull-secret.ts';
import { isRead, loginFor, type ObservedPullSecrets } from './login-of-pod.ts';

const kim = { username: 'kim', password: 'a:b' };
const hub = 'https://index.docker.io/v1/';

function secretsWith(auths: unknown, type = 'kubernetes.io/dockerconfigjson'): ObservedPullSecrets {
  const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') };
  return [
    {
      namespace: 'ops',
      serviceAccounts: { state: 'seen', value: [] },
      secrets: [{ name: 'login', secret: { state: 'seen', value: projectPullSecret({ type, data }) } }],
    },
  ];
}

const named = { namespace: 'ops', names: ['login'] };
const login = { namespace: 'ops', secret: 'login' };

test('whether an image is pulled with a secret is for its path, too', () => {
  const team = secretsWith({ 'docker.io/team': kim });

  expect(loginFor(team, named, 'team/app:1')).toEqual(login);
  expect(loginFor(team, named, 'nginx')).toBeUndefined();
  expect(loginFor(secretsWith({ [hub]: kim }), named, 'nginx')).toEqual(login);
});

test('of another namespace, not named, without a login, or of a type that kubelet passes over: none', () => {
  expect(loginFor(secretsWith({ [hub]: kim }), { ...named, namespace: 'web' }, 'nginx')).toBeUndefined();
  expect(loginFor(secretsWith({ [hub]: kim }), { ...named, names: ['other'] }, 'nginx')).toBeUndefined();
  expect(loginFor(secretsWith({ [hub]: {} }), named, 'nginx')).toBeUndefined();
  expect(loginFor(secretsWith({ [hub]: kim }, 'Opaque'), named, 'nginx')).toBeUndefined();
});

test('a Secret that kubelet cannot use was not read', () => {
  expect(isRead(secretsWith({ [hub]: kim }), 'ops', 'login')).toBe(true);
  expect(isRead(secretsWith({ [hub]: kim }, 'Opaque'), 'ops', 'login')).toBe(false);
  expect(isRead(secretsWith({ [hub]: kim }), 'ops', 'other')).toBe(false);
});
