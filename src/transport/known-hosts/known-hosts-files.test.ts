import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';
import { KnownHosts } from './known-hosts.ts';
import { KnownHostsWriter } from './known-hosts-writer.ts';
import { readKnownHosts } from './read-known-hosts.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIC7yBC7zwzsnwGnZ4S9bKjKq7Kpm2TM7GxBDsIm5Gr5Z';
const blob = Buffer.from(key, 'base64');
const keyType = 'ssh-ed25519';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-known-hosts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = async (address: string, ...paths: readonly string[]): Promise<string> =>
  new KnownHosts(await readKnownHosts(paths)).check(address, 22, blob).state;

describe('reading known_hosts files', () => {
  it('reads several, and takes one that is not there for empty', async () => {
    writeFileSync(join(folder, 'system'), `node-1 ${keyType} ${key}\n`);
    expect(await check('node-1', join(folder, 'absent'), join(folder, 'system'))).toBe('known');
  });

  it('skips lines that are malformed', async () => {
    writeFileSync(join(folder, 'user'), `garbage\nnode-1 ${keyType}\nnode-1 ${keyType} ${key}\n`);
    expect(await check('node-1', join(folder, 'user'))).toBe('known');
  });

  it('fails on a file that cannot be read', async () => {
    mkdirSync(join(folder, 'user'));
    await expect(readKnownHosts([join(folder, 'user')])).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
      params: { path: join(folder, 'user'), problem: 'EISDIR' },
    });
  });

  it('fails on a line that was to revoke a key and does not', async () => {
    writeFileSync(join(folder, 'user'), `# a comment\n@revoked * ${keyType} oops\n`);
    await expect(readKnownHosts([join(folder, 'user')])).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
      params: { problem: 'line 2 is to revoke a key and is malformed' },
    });
  });
});

describe('adding a host key', () => {
  it('makes the file and its folder for this user alone', async () => {
    const path = join(folder, '.ssh', 'known_hosts');
    await new KnownHostsWriter(path, false).add({ id: 'node-1', keyType, key });
    expect(readFileSync(path, 'utf8')).toBe(`node-1 ${keyType} ${key}\n`);
    expect([statSync(path).mode & 0o777, statSync(join(folder, '.ssh')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('keeps the mode and what is there, also without a newline at its end', async () => {
    const path = join(folder, 'known_hosts');
    writeFileSync(path, `old ${keyType} ${key}`, { mode: 0o644 });
    await new KnownHostsWriter(path, false).add({ id: '[10.0.0.1]:2222', keyType, key });
    expect(readFileSync(path, 'utf8')).toBe(`old ${keyType} ${key}\n[10.0.0.1]:2222 ${keyType} ${key}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  it('hashes the name when asked to', async () => {
    const path = join(folder, 'known_hosts');
    await new KnownHostsWriter(path, true).add({ id: 'node-1', keyType, key });
    expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|[^|]{28}\|[^ ]{28} ssh-ed25519 /);
    expect(await check('node-1', path)).toBe('known');
    expect(await check('node-2', path)).toBe('unknown');
  });

  it('writes each line once and whole when many arrive at once, from two writers', async () => {
    const path = join(folder, 'known_hosts');
    const [one, other] = [new KnownHostsWriter(path, false), new KnownHostsWriter(path, false)];
    const ids = Array.from({ length: 300 }, (_, index) => `node-${index}`);
    await Promise.all(ids.map((id, index) => (index % 2 === 0 ? one : other).add({ id, keyType, key })));
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(lines.toSorted()).toEqual(ids.map((id) => `${id} ${keyType} ${key}`).toSorted());
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('takes over the lock of a process that was killed', async () => {
    const path = join(folder, 'known_hosts');
    writeFileSync(`${path}.lock`, '');
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    await new KnownHostsWriter(path, false).add({ id: 'node-1', keyType, key });
    expect(await check('node-1', path)).toBe('known');
  });

  it('waits for a lock, and gives up when it stays taken', async () => {
    const path = join(folder, 'known_hosts');
    writeFileSync(`${path}.lock`, '');
    await expect(withFileLock(path, () => Promise.resolve(), 100)).rejects.toMatchObject({ code: 'ELOCKED' });
    setTimeout(() => rmSync(`${path}.lock`), 50);
    await expect(withFileLock(path, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('says when the file cannot be written, and goes on when it can', async () => {
    const path = join(folder, 'known_hosts');
    mkdirSync(path);
    const writer = new KnownHostsWriter(path, false);
    await expect(writer.add({ id: 'node-1', keyType, key })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNWRITABLE',
      params: { problem: 'EISDIR' },
    });
    rmSync(path, { recursive: true });
    await writer.add({ id: 'node-2', keyType, key });
    expect(await check('node-2', path)).toBe('known');
  });
});
