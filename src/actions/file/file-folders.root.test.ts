import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { contextOf, fileAction, lock, perform } from '../../../test/chroot/file-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { fileKind } from './file.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(shell: Shell): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  await lock(node);
  return node;
}

const folder = '/etc/containerd/certs.d/docker.io';
const inFolder = (name: string): ReturnType<typeof fileAction> =>
  fileAction({ path: `${folder}/${name}`, from: 'absent', makesFolder: true });
const applied = ['stage done', 'validate done', 'commit done', 'verify done'];

describe.each(shells)('folders that a file needs, under %s', (shell) => {
  it('are made for all to read, and gone again after the undo of the file that had them made', async () => {
    const node = await lockedNode(shell);
    const [first, second] = [inFolder('mirror.crt'), inFolder('hosts.toml')];

    expect(await perform(fileKind.apply(first), contextOf(node))).toEqual(applied);
    expect(await perform(fileKind.apply(second), contextOf(node))).toEqual(applied);
    expect(readdirSync(node.path(folder)).toSorted()).toEqual(['hosts.toml', 'mirror.crt']);
    for (const made of ['/etc/containerd', '/etc/containerd/certs.d', folder])
      expect(statSync(node.path(made))).toMatchObject({ mode: 0o40755, uid: 0, gid: 0 });

    expect(await perform(fileKind.undo(second), contextOf(node))).toEqual(['undo done']);
    expect(readdirSync(node.path(folder))).toEqual(['mirror.crt']);
    expect(await perform(fileKind.undo(first), contextOf(node))).toEqual(['undo done']);
    expect(existsSync(node.path('/etc/containerd'))).toBe(false);
    expect(await fileKind.inspect(first, contextOf(node))).toBe('undone');
    expect(await perform(fileKind.undo(first), contextOf(node))).toEqual(['undo already']);
  });

  it('stay where somebody has put something into them since, and those that were there before stay in any case', async () => {
    const node = await lockedNode(shell);
    mkdirSync(node.path('/etc/containerd'));
    const spec = inFolder('hosts.toml');
    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(applied);
    mkdirSync(node.path('/etc/containerd/certs.d/quay.io'));

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(readdirSync(node.path('/etc/containerd/certs.d'))).toEqual(['quay.io']);
  });

  it('are undone with a file that was only staged', async () => {
    const node = await lockedNode(shell);
    const spec = inFolder('hosts.toml');
    await fileKind.apply(spec)[0]!.perform(contextOf(node));
    expect(existsSync(node.path(folder))).toBe(true);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('staged');

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(existsSync(node.path('/etc/containerd'))).toBe(false);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('untouched');
  });

  it('are not made below a file, nor where others may write, nor for an action that does not say so', async () => {
    const node = await lockedNode(shell);
    writeFileSync(node.path('/etc/containerd'), '');
    expect(await perform(fileKind.apply(inFolder('hosts.toml')), contextOf(node))).toEqual([
      'stage refused FOLDER_MISSING',
    ]);

    mkdirSync(node.path('/srv/open'), { recursive: true });
    const open = fileAction({ path: '/srv/open/new/file', from: 'absent', makesFolder: true });
    chmodSync(node.path('/srv/open'), 0o777);
    expect(await perform(fileKind.apply(open), contextOf(node))).toEqual(['stage refused FOLDER_UNSAFE']);
    expect(readdirSync(node.path('/srv/open'))).toEqual([]);

    const without = fileAction({ path: '/etc/new/file', from: 'absent' });
    expect(await perform(fileKind.apply(without), contextOf(node))).toEqual(['stage refused FOLDER_MISSING']);
  });
});
