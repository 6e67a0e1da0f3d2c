import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inClusterAccess } from './in-cluster.ts';
import { openKubernetes } from './open-kubernetes.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { httpsServer } from './testing/https-server.ts';
import { systemTiming } from './timing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-open-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

test('from a kubeconfig to an answer, with a client certificate', async () => {
  const authority = await createAuthority('ca');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const url = await httpsServer(
    { cert, key, ca: [authority.certificate], requestCert: true, rejectUnauthorized: true },
    (_incoming, outgoing) => outgoing.end('{"gitVersion":"v0"}'),
  );
  const admin = await authority.issue({ commonName: 'admin' });
  await writeFile(join(folder, 'admin.key'), admin.key);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = `
current-context: test
clusters: [{name: c, cluster: {server: '${url}', certificate-authority-data: ${base64(authority.certificate)}}}]
users: [{name: ann, user: {client-certificate-data: ${base64(admin.certificate)}, client-key: admin.key}}]
contexts: [{name: test, context: {cluster: c, user: ann}}]`;
  await mkdir(join(folder, '.kube'));
  await writeFile(join(folder, 'admin.key'), admin.key);
  await writeFile(join(folder, 'config'), config);
  const api = await openKubernetes({ kubeconfig: join(folder, 'config'), environment: {} });
  expect(await api.get('/version', ({ gitVersion }) => gitVersion)).toBe('v0');
  expect(api).toMatchObject({
    context: 'test',
    server: url,
    user: 'ann',
    clientCertificateNotAfter: expect.stringMatching(/^20\d\d-/),
  });
  expect(Math.abs(api.clockSkewMs() ?? Infinity)).toBeLessThan(2_000);
  await api.close();
});

test('in a pod without a kubeconfig it is the pod’s service account; what was asked for by name is never replaced', async () => {
  const environment = { HOME: folder, ...pod };
  const error = await caught(openKubernetes({ environment }));
  expect(error).toMatchObject({ code: 'KUBECONFIG_FILE_UNREADABLE', params: { field: 'ca.crt' } });
  for (const options of [{ kubeconfig: join(folder, 'no') }, { context: 'c' }]) {
    expect(await caught(openKubernetes({ ...options, environment }))).toMatchObject({ code: 'KUBECONFIG_MISSING' });
  }
  expect(await caught(openKubernetes({ environment: { HOME: folder } }))).toMatchObject({ code: 'KUBECONFIG_MISSING' });
});

test('the pod’s access: address, authority, a token that is re-read, no proxy', async () => {
  await writeFile(join(folder, 'ca.crt'), 'CA');
  await writeFile(join(folder, 'token'), 'pod-token');
  const access = await inClusterAccess(
    { ...pod, KUBERNETES_SERVICE_HOST: 'fd00::1', HTTPS_PROXY: 'http://p:1' },
    systemTiming,
    folder,
  );
  expect(access).toMatchObject({
    context: 'in-cluster',
    tls: { ca: 'CA', insecure: false },
    proxy: undefined,
    compress: false,
  });
  expect(access.server.href).toBe('https://[fd00::1]/');
  expect(await access.credentials.current()).toEqual({ token: 'pod-token' });
});
