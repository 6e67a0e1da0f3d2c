import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peakMbOf } from '../../bench/process-usage.ts';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';
import { serveUntilTestEnds } from '../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveForwardProxy } from '../../testbed/fakes/forward-proxy.ts';
import { nodemendArguments } from '../end-to-end/operator.ts';
import { hostile } from './hostile-registry.ts';

/** Registries that mean harm, asked by the program itself: all of them at once, by `rewrite --verify`. */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-hostile-registries-'));
afterAll(() => rmSync(folder, { recursive: true }));
const names = Object.keys(hostile);

interface Reference {
  readonly new: string | null;
  readonly action: string;
  readonly reason: string;
}

interface Asked {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly megabytes: number;
}

const old = (name: string): string => `retired.test/${name}/image:1`;
const manifest = names
  .map((name) => `---\nkind: Pod\napiVersion: v1\nspec: {containers: [{image: "${old(name)}"}]}\n`)
  .join('');

beforeAll(() => {
  const moved = names.map((name) => `- {from: retired.test/${name}, to: ${name}.hostile.test/x}\n`);
  writeFileSync(join(folder, 'nodemend.yaml'), `imageReplacements:\n${moved.join('')}`, { mode: 0o600 });
});

/** @param tunnels which places the program wanted to be led to */
async function ask(tunnels: string[], ...words: readonly string[]): Promise<Asked> {
  const authority = await createAuthority('authority of hostile registries');
  const issued = await authority.issue({ commonName: 'registries', dns: ['*.hostile.test'] });
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  writeFileSync(join(folder, 'pods.yaml'), manifest);
  const place = await serveUntilTestEnds((request, response) => {
    response.on('error', () => undefined);
    hostile[(request.headers.host ?? '').replace('.hostile.test', '')]?.(request, response);
  }, issued);
  const proxy = await serveForwardProxy((target) => {
    tunnels.push(target);
    return /^[a-z-]+\.hostile\.test:443$/u.test(target) ? place : undefined;
  });
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    LANG: 'C.UTF-8',
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  };
  const args = ['rewrite', '--verify', '--config', 'nodemend.yaml', ...words, 'pods.yaml'];
  const began = performance.now();
  const child = spawn(process.execPath, nodemendArguments(...args), {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let megabytes = 0;
  const timer = setInterval(() => (megabytes = Math.max(megabytes, peakMbOf(child.pid ?? 0))), 50);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  clearInterval(timer);
  return {
    exitCode: exitCode as number | null,
    stdout,
    stderr,
    seconds: (performance.now() - began) / 1000,
    megabytes,
  };
}

test('none is believed, waited for or followed out of TLS; what each did is told, and no file is changed', async () => {
  const tunnels: string[] = [];
  const json = await ask(tunnels, '-o', 'json', '--write');
  const { references } = JSON.parse(json.stdout) as { readonly references: readonly Reference[] };

  // A page is not an image, whatever its status.
  expect(references.map((one) => [one.new, one.action, one.reason])).toEqual(
    names.map((name) => [`${name}.hostile.test/x/image:1`, 'report', 'not-verified']),
  );
  expect(json.exitCode).toBe(6);
  expect(readFileSync(join(folder, 'pods.yaml'), 'utf8')).toBe(manifest);
  expect(json.stdout + json.stderr).not.toMatch(/[^\P{Cc}\n\t]|\n {4}at /u);
  // Nobody is asked but who was named, whatever they say.
  expect(new Set(tunnels)).toEqual(new Set(names.map((name) => `${name}.hostile.test:443`)));
  expect(json.seconds).toBeLessThan(60);
  expect(json.megabytes).toBeGreaterThan(20);
  expect(json.megabytes).toBeLessThan(300);
}, 120_000);
