import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPrograms, nodePrograms, type ProgramOptions } from './programs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-programs-'));
  for (const name of [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kubelet',
    'kubectl',
    'etcd',
    'registry',
  ])
    await program(name);
});
afterEach(() => rm(folder, { recursive: true }));

async function program(name: string): Promise<void> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
}

const find = (
  wanted: Pick<ProgramOptions, 'docker' | 'containerd2'>,
  environment: NodeJS.ProcessEnv = { NODEMEND_TESTBED_BIN: folder, PATH: '' },
) => findPrograms({ ...wanted, environment, report: () => undefined });

test('a given folder holds everything, and what it lacks is named', async () => {
  const bare = await find({ docker: 'none', containerd2: false });
  expect(bare).toMatchObject({
    etcd: join(folder, 'etcd'),
    registry: join(folder, 'registry'),
    kubelet: join(folder, 'kubelet'),
    kubectl: join(folder, 'kubectl'),
  });
  const next = 'next: put it there, or unset NODEMEND_TESTBED_BIN to have it built';
  await expect(find({ docker: 'kubelet', containerd2: false })).rejects.toThrow(
    `${folder} holds no program kubelet-1.23\n  ${next}`,
  );
  await expect(find({ docker: 'none', containerd2: true })).rejects.toThrow(
    `${folder} holds no program containerd2/containerd\n  ${next}`,
  );
  for (const name of [
    'kubelet-1.23',
    'containerd2/containerd',
    'containerd2/containerd-shim-runc-v2',
    'containerd2/ctr',
  ])
    await program(name);
  const all = await find({ docker: 'kubelet', containerd2: true });
  expect(nodePrograms(all, 'containerd')).toEqual([[join(folder, 'kubelet'), 'kubelet']]);
  expect(nodePrograms(all, 'docker')).toEqual([[join(folder, 'kubelet-1.23'), 'kubelet']]);
  expect(nodePrograms(all, 'containerd2').map(([, name]) => name)).toEqual([
    'kubelet',
    'containerd',
    'containerd-shim-runc-v2',
    'ctr',
  ]);
});

test('Docker nodes without a kubelet have none, and it is known why', async () => {
  const programs = await find({ docker: 'stand-in', containerd2: false });
  expect(programs).toMatchObject({ noDockershim: 'asked for' });
  expect(nodePrograms(programs, 'docker')).toEqual([]);
});
