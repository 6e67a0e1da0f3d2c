import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClusterEntry, ExecEntry } from './kubeconfig-file.ts';
import { execCredentials } from './exec-credentials.ts';
import { runExecPlugin, type ExecPluginRun } from './exec-plugin.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { systemTiming } from './timing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-exec-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const v1 = 'client.authentication.k8s.io/v1';
const cluster: ClusterEntry = {
  server: 'https://api.example.test:6443',
  certificateAuthority: undefined,
  certificateAuthorityData: 'Y2E=',
  tlsServerName: 'kubernetes',
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  execConfig: { audience: 'a' },
};

/** A real program, as a shell script; `$0.count` counts its runs. */
async function plugin(body: string): Promise<string> {
  const path = join(folder, 'plugin');
  await writeFile(path, `#!/bin/sh\necho run >> "$0.count"\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}
const runs = async () => (await readFile(join(folder, 'plugin.count'), 'utf8')).trim().split('\n').length;
const answer = (status: object, apiVersion = v1) =>
  `echo '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;

interface Extra extends Partial<ExecEntry> {
  readonly hasTerminal?: boolean;
  readonly now?: () => number;
}

async function credentials(body: string, { hasTerminal = false, now, ...entry }: Extra = {}) {
  const command = await plugin(body);
  return execCredentials({
    entry: {
      apiVersion: v1,
      command,
      args: [],
      environment: {},
      installHint: undefined,
      provideClusterInfo: false,
      interactiveMode: 'IfAvailable',
      ...entry,
    },
    cluster,
    environment: { PATH: process.env['PATH'] },
    hasTerminal,
    timing: { ...systemTiming, ...(now ? { now } : {}) },
  });
}

describe('running the program', () => {
  test('with its arguments, its variables and what the protocol tells it', async () => {
    const body =
      'printf \'{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"%s"}}\' "$VERSION" ' +
      '"$1/$2/$EXTRA/$(printf %s "$KUBERNETES_EXEC_INFO" | base64 -w0)"';
    const { current } = await credentials(body, {
      args: ['get token', '$(id)'],
      environment: { VERSION: v1, EXTRA: 'e' },
      provideClusterInfo: true,
    });
    const [first, second, extra, info] = (await current()).token?.split('/') ?? [];
    expect([first, second, extra]).toEqual(['get token', '$(id)', 'e']);
    expect(JSON.parse(Buffer.from(info ?? '', 'base64').toString())).toEqual({
      apiVersion: v1,
      kind: 'ExecCredential',
      spec: {
        cluster: {
          server: 'https://api.example.test:6443',
          'tls-server-name': 'kubernetes',
          'certificate-authority-data': 'Y2E=',
          config: { audience: 'a' },
        },
        interactive: false,
      },
    });
  });

  test('v1beta1, a certificate instead of a token', async () => {
    const beta = 'client.authentication.k8s.io/v1beta1';
    const { certificate, key } = await (await createAuthority('ca')).issue({ commonName: 'admin' });
    await writeFile(
      join(folder, 'answer'),
      JSON.stringify({
        apiVersion: beta,
        kind: 'ExecCredential',
        status: { clientCertificateData: certificate, clientKeyData: key },
      }),
    );
    const { current } = await credentials('cat "$(dirname "$0")/answer"', { apiVersion: beta });
    expect(await current()).toEqual({ certificate: { certificate, key } });
  });

  test('that is not there: the hint of the kubeconfig', async () => {
    const { current } = await credentials('', {
      command: 'nodemend-no-such-plugin',
      installHint: ' Get it from example.test. \n',
    });
    expect(await caught(current())).toMatchObject({
      code: 'EXEC_PLUGIN_MISSING',
      params: { command: 'nodemend-no-such-plugin', hint: 'Get it from example.test.' },
    });
  });

  test('that fails: its exit code and last line; what it printed for people reaches them', async () => {
    const { current } = await credentials('echo "open https://login" >&2; echo "token expired" >&2; exit 3');
    expect(await caught(current())).toMatchObject({
      code: 'EXEC_PLUGIN_FAILED',
      params: { problem: 'exit 3, token expired' },
    });
    expect(process.stderr.write).toHaveBeenCalledWith(expect.stringContaining('open https://login'));
    const silent = await credentials('kill -TERM $$');
    expect(await caught(silent.current())).toMatchObject({
      code: 'EXEC_PLUGIN_FAILED',
      params: { problem: 'ended by SIGTERM' },
    });
    await chmod(join(folder, 'plugin'), 0o644);
    expect(await caught(silent.current())).toMatchObject({ code: 'EXEC_PLUGIN_FAILED', params: { problem: 'EACCES' } });
  });

  test('that needs a terminal where there is none', async () => {
    const { current } = await credentials(answer({ token: 't' }), { interactiveMode: 'Always' });
    expect(await caught(current())).toMatchObject({ code: 'EXEC_PLUGIN_NEEDS_TERMINAL' });
  });

  test('that hangs ends with the caller’s signal, and everything it started ends too', async () => {
    const { current } = await credentials('sleep 60 & echo $! > "$0.child"; wait');
    const stop = new AbortController();
    const waiting = current(stop.signal);
    const child = Number(
      await vi.waitUntil(() => readFile(join(folder, 'plugin.child'), 'utf8').catch(() => ''), { timeout: 10_000 }),
    );
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    await vi.waitUntil(() => !isAlive(child), { timeout: 10_000 });
  });
});

async function runOf(script: string, terminal: Writable = process.stderr): Promise<ExecPluginRun> {
  const entry = {
    apiVersion: v1,
    command: await plugin(script),
    args: [],
    environment: {},
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: 'Never' as const,
  };
  const environment = { PATH: process.env['PATH'] };
  return { entry, execInfo: '', environment, interactive: false, terminal, timeoutMs: 20_000, signal: undefined };
}

test('a program that takes too long', async () => {
  expect(await caught(runExecPlugin({ ...(await runOf('sleep 60')), timeoutMs: 100 }))).toMatchObject({
    code: 'EXEC_PLUGIN_FAILED',
    params: { problem: 'no answer within 0.1 s' },
  });
});

test.each(['yes', 'yes >&2', 'tr "\\0" x </dev/zero'])('a program that prints without end (%s)', async (script) => {
  let shown = 0;
  const terminal = new PassThrough().on('data', (chunk: Buffer) => (shown += chunk.length));

  expect(await caught(runExecPlugin(await runOf(script, terminal)))).toMatchObject({
    code: 'EXEC_PLUGIN_FAILED',
    params: { problem: 'more output than 1 MiB' },
  });
  expect(shown).toBeLessThanOrEqual(1024 * 1024);
});

test('what a program prints for people drives no terminal', async () => {
  let shown = '';
  const terminal = new PassThrough().on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await runExecPlugin(await runOf(String.raw`printf 'open\033]0;x\007 \342\200\256https://a\n' >&2`, terminal));

  expect(shown).toBe('open\\e]0;x\\x07 \\u202ehttps://a\n');
});

test.each([
  ['\\342\\200\\216', '\\u200e'],
  ['\\342\\200\\217', '\\u200f'],
  ['\\330\\234', '\\u061c'],
])('nor turns its text around (%s)', async (bytes, written) => {
  let shown = '';
  const terminal = new PassThrough().on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await runExecPlugin(await runOf(`printf 'open ${bytes}https://a\\n' >&2`, terminal));

  expect(shown).toBe(`open ${written}https://a\n`);
});

/** A killed process that nobody waited for yet still has its id; it is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('what it answers', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['echo s3cret', 'its output is not JSON'],
    ['echo \'{"kind":"Secret"}\'', 'its output is no ExecCredential'],
    [
      answer({ token: 't' }, 'client.authentication.k8s.io/v1beta1'),
      'it answers in another apiVersion than client.authentication.k8s.io/v1',
    ],
    [answer({}), 'it gives neither a token nor a certificate'],
    [answer({ clientCertificateData: 'c' }), 'it gives a certificate or a key without the other'],
    [answer({ token: 't', expirationTimestamp: 'soon' }), 'its expirationTimestamp is no RFC 3339 time'],
  ];
  test.each(bad)('%s', async (body, problem) => {
    const error = await caught((await credentials(body)).current());
    expect(error).toMatchObject({ code: 'EXEC_PLUGIN_OUTPUT_INVALID', params: { problem } });
    expect(error.message).not.toContain('s3cret');
  });

  test('a version that nobody speaks any more', async () => {
    const { current } = await credentials('', { apiVersion: 'client.authentication.k8s.io/v1alpha1' });
    expect(await caught(current())).toMatchObject({
      code: 'EXEC_PLUGIN_OUTPUT_INVALID',
      params: { problem: expect.stringContaining('v1alpha1') },
    });
  });
});

describe('how often it runs', () => {
  test('once for all who wait, and not again before it expires', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const { current } = await credentials(answer({ token: 't', expirationTimestamp: '2026-01-01T01:00:00Z' }), {
      now: () => now,
    });
    await Promise.all([current(), current(), current()]);
    await current();
    expect(await runs()).toBe(1);
    now += 3_600_000;
    await current();
    expect(await runs()).toBe(2);
  });

  test('again when the server rejected what it gave, but not when another was had meanwhile', async () => {
    const { current, reject } = await credentials(
      'printf \'{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"t%s"}}\' ' +
        v1 +
        ' "$(wc -l < "$0.count" | tr -d " ")"',
    );
    const first = await current();
    expect(first.token).toBe('t1');
    expect(reject(first)).toBe(true);
    expect((await current()).token).toBe('t2');
    reject(first);
    expect((await current()).token).toBe('t2');
  });

  test('a failure is not kept', async () => {
    const { current } = await credentials(
      `[ "$(wc -l < "$0.count" | tr -d " ")" = 1 ] && exit 1; ${answer({ token: 't' })}`,
    );
    await caught(current());
    expect(await current()).toEqual({ token: 't' });
  });

  test('one who gives up does not end it for the others', async () => {
    const { current } = await credentials(`sleep 0.3; ${answer({ token: 't' })}`);
    const stop = new AbortController();
    const impatient = current(stop.signal);
    const patient = current();
    stop.abort(new Error('Ctrl-C'));
    await expect(impatient).rejects.toThrow('Ctrl-C');
    expect(await patient).toEqual({ token: 't' });
    expect(await runs()).toBe(1);
  });
});
