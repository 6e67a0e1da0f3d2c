import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EtcdCache } from './etcd-cache.ts';

let folder: string;
let cached: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-etcd-cache-'));
  cached = join(folder, 'cache');
});
afterEach(() => rmSync(folder, { recursive: true }));

function data(name: string, bytes: number): { readonly path: string; readonly content: Buffer } {
  const path = join(folder, name);
  const content = randomBytes(bytes);
  mkdirSync(join(path, 'member'), { recursive: true });
  writeFileSync(join(path, 'member', 'db'), content);
  return { path, content };
}

test('what was stored comes back, and only under its key', async () => {
  const cache = new EtcdCache(cached);
  const { path, content } = data('one', 300_000);
  await cache.store('key', path);

  expect(await cache.restore('other', join(folder, 'back'))).toBe(false);
  expect(await cache.restore('key', join(folder, 'back'))).toBe(true);
  expect(readFileSync(join(folder, 'back', 'member', 'db')).equals(content)).toBe(true);
});

test('over its size, what was used longest ago goes, and what a killed run left', async () => {
  const cache = new EtcdCache(cached, 250_000);
  await cache.store('first', data('one', 100_000).path);
  await cache.store('second', data('two', 100_000).path);
  writeFileSync(join(cached, '.killed'), randomBytes(1000));
  utimesSync(join(cached, '.killed'), 0, 0);
  await cache.restore('first', join(folder, 'back'));
  await cache.store('third', data('three', 100_000).path);

  expect(readdirSync(cached).toSorted()).toEqual(['first.tar.zst', 'third.tar.zst']);
  expect(await cache.restore('second', join(folder, 'gone'))).toBe(false);
});

test('a folder that is not there is an error, and nothing is kept of it', async () => {
  const cache = new EtcdCache(cached);

  await expect(cache.store('key', join(folder, 'nowhere'))).rejects.toThrow('tar ended with 2');
  expect(readdirSync(cached)).toEqual([]);
});
