import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The set-up takes a package from a registry of its own, by the real npm. */
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-registry-'));
const project = join(import.meta.dirname, '../..');
const patience = 120_000;
let tarball: Buffer;
let integrity: string;

beforeAll(() => {
  mkdirSync(join(scratch, 'package'));
  writeFileSync(join(scratch, 'package/package.json'), '{"name":"thing","version":"1.0.0"}');
  execFileSync('tar', ['-czf', 'thing.tgz', 'package'], { cwd: scratch });
  tarball = readFileSync(join(scratch, 'thing.tgz'));
  integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Fetched {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What is in the cache then. */
  readonly kept: readonly string[];
}

/** `setup.sh fetch thing`, where `trouble` may answer a request in the registry's place. */
async function fetchThing(
  name: string,
  trouble: (path: string, response: ServerResponse) => boolean,
): Promise<Fetched> {
  const folder = join(scratch, name);
  cpSync(join(project, 'scripts/setup'), join(folder, 'scripts/setup'), { recursive: true });
  cpSync(join(project, 'scripts/setup.sh'), join(folder, 'scripts/setup.sh'));
  writeFileSync(join(folder, 'scripts/downloads.txt'), `thing 1.0.0 ${integrity}\n`);
  const registry = createServer(({ url = '' }, response) => {
    if (!trouble(url, response)) response.end(url.endsWith('.tgz') ? tarball : manifest(base));
  });
  await new Promise<void>((resolve) => void registry.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    NPM_CONFIG_REGISTRY: base,
    // Its own pauses are ten seconds and more.
    NPM_CONFIG_FETCH_RETRIES: '0',
  };
  try {
    return await new Promise((resolve) => {
      execFile('sh', ['scripts/setup.sh', 'fetch', 'thing'], { cwd: folder, env }, (error, stdout, stderr) => {
        const all = readdirSync(join(folder, 'cache/nodemend'), { recursive: true }).map(String);
        const kept = all.filter((path) => path !== 'downloads' && path !== 'setup.lock');
        resolve({ code: Number(error?.code ?? 0), stdout, stderr, kept });
      });
    });
  } finally {
    registry.closeAllConnections();
    await new Promise((resolve) => void registry.close(resolve));
  }
}

function manifest(base: string): string {
  const dist = { tarball: `${base}/thing/-/thing-1.0.0.tgz`, integrity };
  const version = { name: 'thing', version: '1.0.0', dist };
  return JSON.stringify({ name: 'thing', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } });
}

describe.concurrent('a registry that does not come through', () => {
  it('is asked again where the file was cut off, which npm leaves at that', { timeout: patience }, async () => {
    let cuts = 0;
    const { code, stdout, stderr, kept } = await fetchThing('cut', (path, response) => {
      if (!path.endsWith('.tgz') || cuts > 0) return false;
      cuts += 1;
      response.writeHead(200, { 'content-length': tarball.length });
      response.write(tarball.subarray(0, 20), () => response.socket?.end());
      return true;
    });

    expect(stderr).toMatch(/code ECONNRESET[^]*did not come through \(ECONNRESET\); trying again in 5 seconds/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\/downloads\/thing-1\.0\.0\.tgz\n$/);
    expect(kept).toEqual(['downloads/thing-1.0.0.tgz']);
  });

  it('is asked three times where it is busy, and named then', { timeout: patience }, async () => {
    const { code, stderr, kept } = await fetchThing('busy', (_path, response) => {
      response.writeHead(503).end();
      return true;
    });

    expect(code).toBe(1);
    expect(stderr.match(/trying again in \d+ seconds/g)).toEqual([
      'trying again in 5 seconds',
      'trying again in 15 seconds',
    ]);
    expect(stderr).toMatch(
      /\nset-up: the npm registry did not come through, three times \(E503\)\n {2}next: try again later; .*npm config list\n$/,
    );
    expect(kept).toEqual([]);
  });

  it('is asked once for what it does not have', { timeout: patience }, async () => {
    const { code, stderr, kept } = await fetchThing('absent', (_path, response) => {
      response.writeHead(404).end();
      return true;
    });

    expect(code).toBe(1);
    expect(stderr).not.toContain('trying again');
    expect(stderr).toMatch(/code E404[^]*\nset-up: npm could not download thing@1\.0\.0; its own message is above\n/);
    expect(kept).toEqual([]);
  });
});
