import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findPrograms, nodePrograms, type ProgramOptions, type Programs } from './programs.ts';

let folder: string;
let said: string[];
let built: Programs;
beforeAll(async () => {
  built = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: (line) => console.error(line),
  });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-programs-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

const find = (environment: NodeJS.ProcessEnv, docker: ProgramOptions['docker'] = 'none') =>
  findPrograms({ environment, docker, containerd2: false, report: (line) => said.push(line) });

test('what envtest’s assets hold is taken from there, the rest is built; it is said', async () => {
  for (const name of ['kube-apiserver', 'kubectl'])
    await symlink(join(dirname(built.kubelet), name), join(folder, name));
  const programs = await find({ ...process.env, KUBEBUILDER_ASSETS: folder });
  expect(programs).toEqual({ ...built, apiserver: join(folder, 'kube-apiserver'), kubectl: join(folder, 'kubectl') });
  expect(said.at(-1)).toContain(`from KUBEBUILDER_ASSETS: ${folder}`);
});

test('a dockershim kubelet that cannot be built leaves Docker nodes without one, and the reason is said', async () => {
  const cache = join(folder, 'cache', 'nodemend', 'testbed');
  const kube = dirname(built.kubelet);
  await mkdir(cache, { recursive: true });
  for (const path of [kube, dirname(built.registry)]) await symlink(path, join(cache, basename(path)));
  // A Go of the future that no longer takes its sources.
  await writeFile(
    join(folder, 'go'),
    '#!/bin/sh\nif [ "$1" = env ]; then echo go1.99.0; else echo "invalid reference to runtime.memhash" >&2; exit 1; fi\n',
    { mode: 0o755 },
  );
  const programs = await find(
    { ...process.env, PATH: `${folder}:${process.env['PATH']}`, XDG_CACHE_HOME: join(folder, 'cache') },
    'kubelet',
  );
  expect(programs).toMatchObject({
    kubelet: join(cache, basename(kube), 'kubelet'),
    noDockershim: 'it could not be built',
  });
  expect(nodePrograms(programs, 'docker')).toEqual([]);
  expect(said.at(-1)).toMatch(
    /^kubelet with dockershim cannot be built: go build ended with 1:\ninvalid reference to runtime\.memhash$/,
  );
});
