import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-binaries-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
  return file;
}

const silent = () => undefined;

test('a given folder goes before envtest’s, and neither is built', async () => {
  const apiserver = await program('mine/kube-apiserver');
  const etcd = await program('mine/etcd');
  const assets = await program('envtest/kube-apiserver');
  const own = { NODEMEND_TESTBED_BIN: join(folder, 'mine'), KUBEBUILDER_ASSETS: join(folder, 'envtest'), PATH: '' };
  expect(await findBinaries(own, silent)).toEqual({ apiserver, etcd });
  const onPath = await program('bin/etcd');
  const envtest = { KUBEBUILDER_ASSETS: join(folder, 'envtest'), PATH: join(folder, 'bin') };
  expect(await findBinaries(envtest, silent)).toEqual({ apiserver: assets, etcd: onPath });
});

test('a folder without the server, and no etcd anywhere, are told', async () => {
  await expect(findBinaries({ NODEMEND_TESTBED_BIN: folder }, silent)).rejects.toThrow(
    `${folder} holds no kube-apiserver`,
  );
  await program('kube-apiserver');
  await expect(findBinaries({ NODEMEND_TESTBED_BIN: folder, PATH: folder }, silent)).rejects.toThrow('etcd-server');
});
