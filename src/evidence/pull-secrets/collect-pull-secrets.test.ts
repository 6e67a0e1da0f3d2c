import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { fakeCluster, statusObject } from '../../kubernetes/testing/fake-cluster.ts';
import { writeBundle } from '../bundle.ts';
import { collectCluster } from '../collect-cluster.ts';
import { collectEvidence } from '../collect.ts';
import type { Evidence } from '../evidence.ts';

const { signal } = new AbortController();
const password = 'c0rrect-horse+battery/staple';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'RS256' })}.${part({ exp: 1_764_115_200, note: password })}.c2ln`;

function secret(name: string, auths: unknown, type = 'kubernetes.io/dockerconfigjson'): JsonObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': password },
    },
    type,
    data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
  };
}

function pod(name: string, namespace: string, pullSecrets: readonly string[]): JsonObject {
  return {
    metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2026-11-26T00:00:00Z' },
    spec: {
      serviceAccountName: 'default',
      containers: [{ name: 'app', image: 'ghcr.io/shop/web:1' }],
      imagePullSecrets: pullSecrets.map((one) => ({ name: one })),
    },
    status: { phase: 'Running' },
  };
}

const listOf = (items: readonly JsonObject[]): unknown => ({
  kind: 'List',
  apiVersion: 'v1',
  metadata: { resourceVersion: '1' },
  items,
});
const answers: Readonly<Record<string, { readonly status: number; readonly json?: unknown }>> = {
  '/api/v1/pods': {
    status: 200,
    json: listOf([
      pod('a', 'shop', ['good', 'gone']),
      pod('b', 'shop', ['opaque']),
      pod('c', 'bank', ['bank-login']),
      pod('d', 'tools', ['tools-login']),
    ]),
  },
  '/api/v1/namespaces/shop/serviceaccounts': {
    status: 200,
    json: listOf([{ metadata: { name: 'default' }, imagePullSecrets: [{ name: 'token' }] }]),
  },
  '/api/v1/namespaces/tools/serviceaccounts': {
    status: 403,
    json: statusObject(
      403,
      'Forbidden',
      'serviceaccounts is forbidden: User "kim" cannot list resource "serviceaccounts" in API group "" in the namespace "tools"',
    ),
  },
  '/api/v1/namespaces/shop/secrets/good': {
    status: 200,
    json: secret('good', {
      'ghcr.io': { auth: base64(`me:${password}`) },
      [`https://me:${password}@registry.example/`]: { username: password, password: token },
    }),
  },
  '/api/v1/namespaces/shop/secrets/opaque': {
    status: 200,
    json: secret('opaque', { 'ghcr.io': { auth: base64(`me:${password}`) } }, 'Opaque'),
  },
  '/api/v1/namespaces/shop/secrets/token': {
    status: 200,
    json: secret('token', { 'ghcr.io': { identitytoken: token }, 'quay.io': {} }),
  },
  '/api/v1/namespaces/tools/secrets/tools-login': {
    status: 200,
    json: secret('tools-login', { 'ghcr.io': { auth: password } }),
  },
  '/api/v1/namespaces/tools/secrets/gone': {
    status: 200,
    json: secret('gone', { 'ghcr.io': { auth: base64('me:x') } }),
  },
};

async function evidenceOf(
  secretNamespaces: readonly string[],
): Promise<{ readonly evidence: Evidence; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const api = await fakeCluster({
    nodes: ['worker-1'],
    answers,
    onRequest: (url) => asked.push(new URL(url, 'https://x').pathname),
  });
  const cluster = await collectCluster(api, signal, { reads: new Set(['pods', 'pull-secrets']), secretNamespaces });
  const evidence = await collectEvidence({
    version: '1',
    problems: ['image-pull'],
    nodes: [{ name: 'worker-1', address: '127.0.0.1' }],
    cluster,
    now: new Date(0),
    access: undefined,
  });
  return { evidence, asked: asked.filter((path) => /secrets|serviceaccounts/u.test(path)).toSorted() };
}

test('without a namespace that was named, no Secret is asked for', async () => {
  const { evidence, asked } = await evidenceOf([]);
  expect(asked).toEqual([]);
  expect(evidence.cluster).toMatchObject({
    state: 'seen',
    value: { pullSecrets: { state: 'not-looked-at', enable: '--use-secrets' } },
  });
});

test('only what pods and ServiceAccounts of the named namespaces name is read, each by its own name', async () => {
  const { asked } = await evidenceOf(['tools', 'shop']);
  expect(asked).toEqual([
    '/api/v1/namespaces/shop/secrets/gone',
    '/api/v1/namespaces/shop/secrets/good',
    '/api/v1/namespaces/shop/secrets/opaque',
    '/api/v1/namespaces/shop/secrets/token',
    '/api/v1/namespaces/shop/serviceaccounts',
    // What shop lacks is looked for in the other one that was named.
    '/api/v1/namespaces/tools/secrets/gone',
    '/api/v1/namespaces/tools/secrets/tools-login',
    '/api/v1/namespaces/tools/serviceaccounts',
  ]);
});

test('what is kept is what is wrong with them', async () => {
  const { evidence } = await evidenceOf(['tools', 'shop']);
  const seen = <T>(value: T) => ({ state: 'seen', value });
  expect(evidence.cluster).toMatchObject(
    seen({
      pullSecrets: seen([
        {
          namespace: 'shop',
          serviceAccounts: seen([{ name: 'default', pullSecrets: ['token'] }]),
          secrets: [
            { name: 'gone', secret: seen('absent') },
            {
              name: 'good',
              secret: seen({
                type: 'kubernetes.io/dockerconfigjson',
                logins: [
                  { key: 'ghcr.io', holds: 'password' },
                  { key: 'https://***:***@registry.example/', holds: 'password', expires: '2025-11-26T00:00:00.000Z' },
                ],
              }),
            },
            { name: 'opaque', secret: seen({ type: 'Opaque', logins: [], problem: { kind: 'wrong-type' } }) },
            {
              name: 'token',
              secret: seen({
                type: 'kubernetes.io/dockerconfigjson',
                logins: [
                  { key: 'ghcr.io', holds: 'token' },
                  { key: 'quay.io', holds: 'nothing' },
                ],
              }),
            },
          ],
        },
        {
          namespace: 'tools',
          serviceAccounts: { state: 'unknown', reason: 'forbidden' },
          secrets: [
            {
              name: 'gone',
              secret: seen({ type: 'kubernetes.io/dockerconfigjson', logins: [{ key: 'ghcr.io', holds: 'password' }] }),
            },
            {
              name: 'tools-login',
              secret: seen({
                type: 'kubernetes.io/dockerconfigjson',
                logins: [],
                problem: { kind: 'auth-not-base64', key: 'ghcr.io' },
              }),
            },
          ],
        },
      ]),
    }),
  );
});

test('no bundle holds a password, however it is written', async () => {
  const { evidence } = await evidenceOf(['shop', 'tools']);
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeBundle(join(folder, 'bundle.json'), evidence);
  const bundle = await readFile(join(folder, 'bundle.json'), 'utf8');
  expect(bundle).toContain('uid-worker-1'.slice(4));
  // Three ways to fall into base64's groups of three, as part of anything that was encoded.
  const inBase64 = [0, 1, 2].map((before) =>
    base64(`${'x'.repeat(before)}${password}`).slice(before === 0 ? 0 : 4, -4),
  );
  for (const written of [
    password,
    token,
    encodeURIComponent(password),
    JSON.stringify(password).slice(1, -1),
    Buffer.from(password).toString('hex'),
    ...inBase64,
  ])
    expect(bundle).not.toContain(written);
});
