import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKubeconfig, selectContext } from './kubeconfig.ts';
import { kubeconfigAccess } from './kubeconfig-access.ts';
import { createAuthority, type Authority, type Issued } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { systemTiming } from './timing.ts';

let folder: string;
let authority: Authority;
let admin: Issued;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-access-'));
  authority = await createAuthority('cluster-ca');
  admin = await authority.issue({ commonName: 'admin', notAfter: new Date('2040-01-02T03:04:05Z') });
  await writeFile(join(folder, 'ca.crt'), authority.certificate);
  await writeFile(join(folder, 'admin.crt'), admin.certificate);
  await writeFile(join(folder, 'admin.key'), admin.key);
  await writeFile(join(folder, 'token'), ' file-token\n');
});
afterAll(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function access(user: object, cluster: object = {}, environment: NodeJS.ProcessEnv = {}) {
  const path = join(folder, 'config');
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'k', cluster: { server: 'https://api.example.test:6443', ...cluster } }],
    users: [{ name: 'ann', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'ann' } }],
  };
  await writeFile(path, JSON.stringify(config));
  const selected = selectContext(await loadKubeconfig({ kubeconfig: path, environment: {} }));
  return kubeconfigAccess(selected, { environment, hasTerminal: false, timing: systemTiming });
}

describe('who we are', () => {
  test('a client certificate from data or from files, with its expiry', async () => {
    const data = await access({
      'client-certificate-data': base64(admin.certificate),
      'client-key-data': base64(admin.key),
    });
    const files = await access({ 'client-certificate': 'admin.crt', 'client-key': 'admin.key' });
    for (const { credentials, clientCertificateNotAfter } of [data, files]) {
      expect(await credentials.current()).toEqual({ certificate: { certificate: admin.certificate, key: admin.key } });
      expect(clientCertificateNotAfter?.toISOString()).toBe('2040-01-02T03:04:05.000Z');
    }
  });

  test('a token, and a token file that goes before it; either along with a certificate', async () => {
    expect(await (await access({ token: 't' })).credentials.current()).toEqual({ token: 't' });
    expect(await (await access({ token: 't', tokenFile: 'token' })).credentials.current()).toEqual({
      token: 'file-token',
    });
    const both = await access({ token: 't', 'client-certificate': 'admin.crt', 'client-key': 'admin.key' });
    expect(await both.credentials.current()).toMatchObject({ token: 't', certificate: { key: admin.key } });
  });

  test('nobody: anonymous', async () => {
    expect(await (await access({})).credentials.current()).toEqual({});
  });

  test('over plain http no credentials are sent', async () => {
    expect(await (await access({ token: 't' }, { server: 'http://127.0.0.1:8001' })).credentials.current()).toEqual({});
  });

  test('an expired certificate is found before connecting', async () => {
    const old = await authority.issue({
      commonName: 'admin',
      notBefore: new Date(0),
      notAfter: new Date('2020-01-02T03:04:05Z'),
    });
    const error = await caught(
      access({ 'client-certificate-data': base64(old.certificate), 'client-key-data': base64(old.key) }),
    );
    expect(error).toMatchObject({
      code: 'API_CLIENT_CERTIFICATE_EXPIRED',
      params: { user: 'ann', notAfter: '2020-01-02T03:04:05.000Z' },
    });
  });

  test.each([
    [{ username: 'ann', password: 'x' }, 'user name and password'],
    [{ 'auth-provider': { name: 'gcp', config: {} } }, 'auth-provider gcp'],
  ])('what no server takes any more: %j', async (user, method) => {
    expect(await caught(access(user))).toMatchObject({
      code: 'KUBECONFIG_AUTH_UNSUPPORTED',
      params: { user: 'ann', method },
    });
    expect(await (await access({ ...user, token: 't' })).credentials.current()).toEqual({ token: 't' });
  });

  test('files that are not there or hold something else', async () => {
    expect(await caught(access({ 'client-certificate': 'gone.crt', 'client-key': 'admin.key' }))).toMatchObject({
      code: 'KUBECONFIG_FILE_UNREADABLE',
      params: { file: join(folder, 'gone.crt'), field: 'client-certificate', problem: 'ENOENT' },
    });
    const other = await authority.issue({ commonName: 'other' });
    const invalid = [
      [{ 'client-certificate': 'admin.crt' }, 'it has client-certificate but no client-key'],
      [{ 'client-key': 'admin.key' }, 'it has client-key but no client-certificate'],
      [
        { 'client-certificate': 'admin.crt', 'client-key-data': base64(other.key) },
        "client-certificate and client-key: the private key is not the certificate's",
      ],
      [
        { 'client-certificate-data': 'bm8=', 'client-key-data': base64(admin.key) },
        'client-certificate-data is not base64 of PEM',
      ],
    ] as const;
    for (const [user, problem] of invalid)
      expect(await caught(access(user))).toMatchObject({ code: 'KUBECONFIG_INVALID', params: { problem } });
    const garbage = await caught(
      access({
        'client-certificate-data': base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
        'client-key': 'admin.key',
      }),
    );
    expect(garbage).toMatchObject({ code: 'KUBECONFIG_INVALID' });
  });
});

describe('which server', () => {
  test('its authority, from a file or data; its name; its proxy', async () => {
    expect((await access({}, { 'certificate-authority': 'ca.crt', 'tls-server-name': 'kubernetes' })).tls).toEqual({
      ca: authority.certificate,
      serverName: 'kubernetes',
      insecure: false,
    });
    expect(
      (
        await access(
          {},
          { 'certificate-authority-data': base64(authority.certificate), 'certificate-authority': 'gone' },
        )
      ).tls.ca,
    ).toBe(authority.certificate);
    expect((await access({}, { 'proxy-url': 'socks5://p:1080' })).proxy?.href).toBe('socks5://p:1080');
    expect((await access({}, {}, { HTTPS_PROXY: 'http://p:3128' })).proxy?.href).toBe('http://p:3128/');
    expect((await access({}, { server: 'api.example.test' })).server.href).toBe('https://api.example.test/');
  });

  test.each([
    [{ server: 'ftp://x' }, 'server "ftp://x" is not an https:// or http:// address'],
    [{ server: 'https://' }, 'server "https://" is not an https:// or http:// address'],
    [{ 'certificate-authority': 'admin.key' }, 'certificate-authority holds no PEM certificate'],
    [
      { 'certificate-authority': 'ca.crt', 'insecure-skip-tls-verify': true },
      'certificate-authority and insecure-skip-tls-verify exclude each other',
    ],
  ])('%j', async (cluster, problem) => {
    expect(await caught(access({}, cluster))).toMatchObject({ code: 'KUBECONFIG_INVALID', params: { problem } });
  });
});
