import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { operatorOf } from '../../../test/end-to-end/operator.ts';
import { FakeHub } from '../../../testbed/fakes/docker-hub/fake-hub.ts';
import { previewImage, serveUntilTestEnds } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveForwardProxy } from '../../../testbed/fakes/forward-proxy.ts';
import { createAuthority } from '../../kubernetes/testing/authority.ts';

/** Somebody at a real terminal is asked before a login leaves the machine. Registry and API server are fakes. */
const names = ['registry-1.docker.io', 'auth.docker.io'];
const account = { user: 'kim', password: 'dckr_pat_Zq7-secret', limit: 200 };

test.each([
  ['yes', 0, ['kim']],
  ['no', 8, []],
])('who types %s', async (answer, exitCode, logins) => {
  const authority = await createAuthority('registries of a terminal');
  const hub = new FakeHub({
    realm: () => 'https://auth.docker.io/token',
    images: [previewImage],
    anonymousLimit: 100,
    accounts: [account],
  });
  const registry = await serveUntilTestEnds(
    hub.handle,
    await authority.issue({ commonName: 'registries', dns: names }),
  );
  const proxy = await serveForwardProxy((target) =>
    names.includes(target.replace(/:443$/u, '')) ? registry : undefined,
  );
  const config = JSON.stringify({
    auths: { 'https://index.docker.io/v1/': { username: account.user, password: account.password } },
  });
  const cluster = await serveFake([
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'web', name: 'default' },
      imagePullSecrets: [{ name: 'hub' }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'web', name: 'hub' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
    },
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-authority-'));
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  const operator = operatorOf(undefined, {
    HTTPS_PROXY: proxy,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  });
  onTestFinished(() => {
    operator.leave();
    rmSync(folder, { recursive: true });
  });
  const command = operator.onTerminal(
    'rate-limit',
    '--kubeconfig',
    cluster.kubeconfig('admin'),
    '--use-secrets',
    'web',
  );
  await expect.poll(command.screen, { timeout: 30_000, interval: 50 }).toContain('Type yes to continue:');
  // Only where logins go is known yet.
  expect(command.screen().replaceAll(/\s+/gu, ' ')).toContain(
    'their logins are sent to auth.docker.io, over TLS and only from this machine: web/hub',
  );
  expect(hub.logins).toEqual([]);
  command.type(`${answer}\n`);

  expect((await command.ended).exitCode).toBe(exitCode);
  expect(hub.logins).toEqual(logins);
  expect(command.screen()).not.toMatch(/kim|dckr_pat/u);
  if (exitCode === 8) expect(command.screen()).toContain('[APPROVAL_DECLINED]');
  else expect(stripVTControlCharacters(command.screen())).toMatch(/account \*\*\* +200 \/ 200/u);
});
