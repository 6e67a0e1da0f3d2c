import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToRoot } from '../../../test/chroot/connect-to-root.ts';
import { contextOf, perform, run, session } from '../../../test/chroot/file-fixture.ts';
import { makeImage } from '../../../test/chroot/image-archive.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../test/chroot/local-registry.ts';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext } from '../action.ts';
import { lockNode } from '../node-state/node-lock.ts';
import { imageKind } from './image.ts';
import { someImage } from './testing/some-image.ts';

/** Pulls from a real registry, with a password, by a real dockerd in a root of its own. */
let registry: LocalRegistry;
let root: PrivateRoot;
let connection: NodeConnection;
beforeAll(async () => {
  registry = await startLocalRegistry();
  root = await createPrivateRoot();
  const [program = '', ...enter] = root.enter;
  const flags = [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--ip-forward=false',
    '--storage-driver=vfs',
  ];
  spawn(program, [...enter, 'dockerd', ...flags, '--data-root=/run/docker-data'], { stdio: 'ignore' });
  root.run('n=0; until docker info >/dev/null 2>&1; do n=$((n + 1)); [ "$n" -lt 200 ] || exit 1; sleep 0.1; done');
  connection = connectToRoot('worker-1', '/', root.enter);
  const [machineId = '', bootId = ''] = root.run('cat /etc/machine-id /proc/sys/kernel/random/boot_id').split('\n');
  const held = { run, session, owner: 'kim@laptop', since: '2026-11-24T09:31:00Z', takeOver: false };
  await lockNode(connection, { ...held, machineId, bootId });
}, 300_000);
afterAll(async () => {
  await root?.close();
  await registry?.close();
});

test('docker pulls with a password, which stays nowhere on the node; after an undo nothing is left', async () => {
  const { user, password } = registry.login;
  const image = makeImage();
  await registry.push(image, 'base/pause');
  const reference = `${registry.closedHost}/base/pause@${image.digest}`;
  const spec = someImage({
    digest: image.digest,
    bytes: 3000,
    room: { path: '/run', needed: 12_000, keepFree: 0 },
    runtime: 'docker',
    socket: '/var/run/docker.sock',
    source: { from: 'registry', reference, hosts: 'runtime', login: { user } },
  });
  const node = { connect: () => connection, machineId: 'x' } as unknown as Parameters<typeof contextOf>[0];
  const context = (secret: string): ActionContext => ({ ...contextOf(node), secret: () => secret });
  const names = (): string => root.run('docker images --format "{{.Repository}}:{{.Tag}}" | sort');

  const refused = await perform(imageKind.apply(spec), context('wrong'));
  expect([refused, names()]).toEqual([['prepare done', 'fetch refused IMAGE_FETCH_FAILED'], '']);
  const outcomes = await perform(imageKind.apply(spec), context(password));
  expect(outcomes).toEqual(['prepare done', 'fetch done', 'name done', 'verify done']);
  expect(names()).toContain('registry.k8s.io/pause:3.6\n');
  expect(root.run('grep -rlF "$1" /var/lib/nodemend || :', Buffer.from(`${user}:${password}`).toString('base64'))).toBe(
    '',
  );
  expect(await imageKind.inspect(spec, context(''))).toBe('applied');
  expect(await perform(imageKind.undo(spec), context(''))).toEqual(['undo done']);
  expect([names(), await perform(imageKind.undo(spec), context(''))]).toEqual(['', ['undo already']]);
});
