import { execFile } from 'node:child_process';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../../../test/private-root.ts';
import type { CheckVerdict } from '../../../../actions/action.ts';
import { createAuthority, type Authority } from '../../../../kubernetes/testing/authority.ts';
import { imagePull } from '../../problem.ts';

let root: PrivateRoot;
let authority: Authority;
const closing: (() => void)[] = [];
beforeAll(async () => {
  [root, authority] = [await createPrivateRoot(), await createAuthority('authority of a mirror')];
  root.run('printf %s "$1" >/etc/mirror.crt', authority.certificate);
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(async () => {
  await root.close();
});

/** While the test's own server answers. */
async function check(name: string, ...args: readonly string[]): Promise<CheckVerdict> {
  const { script, judge } = imagePull.checks[name]!;
  const [program = '', ...before] = root.enter;
  const ended = await promisify(execFile)(program, [...before, '/bin/sh', '-c', script, 'sh', ...args], {
    timeout: 60_000,
  }).catch((error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error);
  return judge({ exitCode: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr });
}

async function serve(answer: RequestListener, scheme: 'http' | 'https' = 'http'): Promise<string> {
  const issued = await authority.issue({ commonName: 'mirror', ip: ['127.0.0.1'] });
  const server =
    scheme === 'http' ? createServer(answer) : createHttpsServer({ cert: issued.certificate, key: issued.key }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`;
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, headers).end();
const answers = (url: string, ca = ''): Promise<CheckVerdict> =>
  check('mirror-answers', '/etc/staged', '/etc/hosts.toml', url, ca);

describe.each(['curl', 'wget'])('a mirror, asked by %s', (client) => {
  beforeAll(() => {
    root.run(
      '[ -e /usr/bin/curl ] || [ ! -e /run/curl ] || mv /run/curl /usr/bin/curl; [ "$1" = curl ] || mv /usr/bin/curl /run/curl',
      client,
    );
  });

  test('answers, plainly or behind a certificate of its own', async () => {
    expect(await answers(await serve(status(200)))).toEqual({ ok: true, saw: 'the mirror answers without an account' });
    const url = await serve(status(200), 'https');
    expect(await answers(url, '/etc/mirror.crt')).toMatchObject({ ok: true });
    expect(await answers(url)).toMatchObject({
      ok: false,
      saw: expect.stringMatching(/does not answer this node: .*certificate/i),
    });
  });

  test.each([
    [401, { 'www-authenticate': 'Bearer realm="http://a/token"' }, true, 'hands out tokens'],
    [401, { 'WWW-Authenticate': 'Basic realm="x"' }, false, 'wants a password'],
    [404, {}, false, 'status 404'],
    [502, {}, false, 'status 502'],
    [302, { location: 'http://127.0.0.1:1/login' }, false, 'status 302'],
  ] as const)('that says %i %o: %s', async (code, headers, ok, saw) => {
    expect(await answers(await serve(status(code, headers)))).toMatchObject({ ok, saw: expect.stringContaining(saw) });
  });

  test('that is not there', async () => {
    expect(await answers('http://127.0.0.1:1/v2/')).toMatchObject({
      ok: false,
      saw: expect.stringMatching(/does not answer this node: .*refused|.*connect/i),
    });
  });

  test('an address is data', async () => {
    expect(await answers('http://127.0.0.1:1/$(touch /etc/touched)')).toMatchObject({ ok: false });
    expect(root.run('ls /etc/touched 2>/dev/null || echo none')).toBe('none\n');
  });
});

test('a node without either says that nothing was checked', async () => {
  root.run('rm -f /usr/bin/curl /run/curl /usr/bin/wget');
  expect(await answers('http://127.0.0.1:1/v2/')).toMatchObject({
    ok: true,
    saw: expect.stringContaining('not checked'),
  });
});

/** A program called NAME that only sleeps, so that the process is there. */
const running = `
  mkdir -p /usr/local/fakes && printf '#!/bin/sh\\nsleep 3600 & wait\\n' >"/usr/local/fakes/$1" && chmod 0755 "/usr/local/fakes/$1"
  "/usr/local/fakes/$1" </dev/null >/dev/null 2>&1 &
  while ! grep -qsx "$1" /proc/[0-9]*/comm; do sleep 0.01; done`;
/** A stand-in for a client: prints a file. */
const client =
  `printf '#!/bin/sh\\n[ ! -e /run/fails ] || { echo "words of it" >&2; exit 1; }\\ncat /run/said\\n' ` +
  '>"/usr/bin/$1"; chmod 0755 "/usr/bin/$1"';

test('whether containerd looks there: its own words decide, where it can be asked', async () => {
  const follows = (): Promise<CheckVerdict> =>
    check('containerd-follows', '/etc/staged', '/etc/hosts.toml', '/etc/containerd/certs.d');
  expect(await follows()).toMatchObject({ ok: false, saw: 'containerd does not run' });
  root.run(running, 'containerd');
  expect(await follows()).toMatchObject({ ok: true, saw: expect.stringContaining('no crictl') });
  root.run(client, 'crictl');
  const says = (path: string): string =>
    root.run(
      `printf '{\\n  "config": {\\n    "registry": {\\n      "configPath": "%s",\\n      "auths": ` +
        `"planted-secret"\\n}}}\\n' "$1" >/run/said`,
      path,
    );
  says('/etc/containerd/certs.d');
  expect(await follows()).toEqual({ ok: true, saw: 'the containerd that runs looks there' });
  expect(await check('containerd-follows', '/etc/containerd/certs.d')).toMatchObject({ ok: true });
  says('');
  expect(await follows()).toMatchObject({ ok: false, saw: 'the containerd that runs has no config_path' });
  says('/other');
  expect(await follows()).toMatchObject({ ok: false, saw: 'the containerd that runs looks in /other' });
  root.run('echo "{}" >/run/said');
  expect(await follows()).toMatchObject({ ok: true, saw: expect.stringContaining('not told') });
  root.run(': >/run/fails');
  expect(await follows()).toMatchObject({ ok: false, saw: expect.stringContaining('CRI plugin') });
  root.run('rm /run/fails');
});

test('whether dockerd has the mirrors by now', async () => {
  const has = (...urls: readonly string[]): Promise<CheckVerdict> => check('docker-has-mirrors', ...urls);
  expect(await has('https://m.example')).toMatchObject({ ok: false, saw: 'dockerd does not run' });
  root.run(running, 'dockerd');
  root.run(client, 'docker');
  root.run('printf "mirror https://m.example/\\nmirror https://n.example:5000/\\n" >/run/said');
  expect(await has('https://m.example', 'https://n.example:5000/')).toEqual({
    ok: true,
    saw: 'dockerd asks https://m.example/, https://n.example:5000/ first',
  });
  root.run(': >/run/fails');
  expect(await has('https://m.example')).toMatchObject({ ok: false, saw: 'docker info fails: words of it' });
  root.run('rm /run/fails /usr/bin/docker; rm -f /usr/local/bin/docker');
  expect(await has('https://m.example')).toMatchObject({ ok: true, saw: expect.stringContaining('no docker command') });
});

test('one that it has not taken over is missed, after some patience', async () => {
  root.run(client, 'docker');
  root.run(
    'echo "mirror https://other.example/" >/run/said; ln -sf /bin/true /usr/local/bin/sleep 2>/dev/null; mv ' +
      '/usr/bin/sleep /run/sleep; ln -s /bin/true /usr/bin/sleep',
  );
  expect(await check('docker-has-mirrors', 'https://m.example')).toMatchObject({
    ok: false,
    saw: 'dockerd does not ask https://m.example',
  });
});
