import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import {
  contextOf,
  fileAction,
  fileState,
  listing,
  lock,
  newContent,
  oldContent,
  path,
  perform,
  put,
} from '../../../test/chroot/file-fixture.ts';
import { installTools, type Shell } from '../../../test/chroot/tool-root.ts';
import { fileKind } from './file.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

/** A node whose file has all that a file of Linux can have; `tools` are those that the node itself has. */
function makeNode(shell: Shell, tools: readonly string[], dressed = true): ChrootNode {
  // What is kept in memory has no attributes of users before Linux 6.6.
  const node = new ChrootNode('worker-1', shell, tmpdir());
  nodes.push(node);
  installTools(node.root, tools);
  put(node, oldContent);
  if (!dressed) return node;
  const file = node.path(path);
  node.outside('setfacl', '-m', 'u:1234:rw-', file);
  node.outside('setfattr', '-n', 'user.owner', '-v', 'platform team', file);
  // Without SELinux in the kernel this is an attribute like any other.
  node.outside('setfattr', '-n', 'security.selinux', '-v', 'system_u:object_r:shadow_t:s0', file);
  node.outside('setcap', 'cap_net_bind_service=ep', file);
  node.outside('chattr', '+A', file);
  return node;
}

/** As the machine's own tools see the node's file. */
function observed(node: ChrootNode): string {
  const file = node.path(path);
  return [
    node.outside('getfacl', '-pcn', file),
    node.outside('getfattr', '--absolute-names', '-dm-', '-ehex', file),
    node.outside('lsattr', '-d', file),
    node.outside('stat', '-c', '%a %u %g', file),
  ].join('\n');
}

// The mask of the ACL is what the group's bits say.
const from = fileState(oldContent, '0664');
const to = fileState(newContent, '0664');
const done = ['stage done', 'validate done', 'commit done', 'verify done'];

describe.each([
  ['dash', ['getfattr', 'lsattr', 'chattr']],
  ['bash', ['lsattr', 'chattr']],
] as const)('a file with an ACL, attributes, a label, a capability and flags, under %s with %j', (shell, tools) => {
  it('keeps them when it is replaced, and has them again after an undo', async () => {
    const node = makeNode(shell, tools);
    const before = observed(node);
    for (const word of ['user:1234:rw-', 'user.owner', 'security.selinux', 'security.capability', 'A-'])
      expect(before).toContain(word);
    const spec = fileAction({ from, to });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(done);
    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
    expect(observed(node)).toBe(before);

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(observed(node)).toBe(before);
  });
});

it('a label that somebody gave a file is not made the policy’s again; a new file gets that one', async () => {
  const node = makeNode('dash', ['getfattr', 'setfattr']);
  mkdirSync(node.path('/sys/fs/selinux'), { recursive: true });
  writeFileSync(node.path('/sys/fs/selinux/enforce'), '1');
  // A stand-in: it does to the file what the policy would.
  writeFileSync(
    node.path('/usr/bin/restorecon'),
    '#!/bin/sh\nsetfattr -n security.selinux -v system_u:object_r:etc_t:s0 "$2"\n',
  );
  chmodSync(node.path('/usr/bin/restorecon'), 0o755);
  const label = (file: string): string =>
    node.outside('getfattr', '--absolute-names', '--only-values', '-n', 'security.selinux', node.path(file));
  await lock(node);
  const fresh = fileAction({ path: '/etc/logrotate.d/second', from: 'absent' });
  for (const spec of [fileAction({ from, to }), fresh])
    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(done);
  expect(label(path)).toContain('shadow_t');
  expect(label('/etc/logrotate.d/second')).toContain('etc_t');
  await perform(fileKind.undo(fileAction({ from, to })), contextOf(node));
  expect(label(path)).toContain('shadow_t');
});

describe('a file that cannot be replaced as it is', () => {
  it.each([
    ['attributes, and a cp that cannot copy them', 'busybox', ['getfattr'], 'attributes that cannot be kept', 'user.x'],
    ['the flag i', 'dash', ['lsattr', 'chattr'], 'immutable or append-only', '+i'],
    ['the flag a', 'busybox', ['lsattr', 'chattr'], 'immutable or append-only', '+a'],
  ] as const)('%s: refused, and nothing was touched', async (_what, shell, tools, words, made) => {
    const node = makeNode(shell, tools, false);
    if (made.startsWith('+')) node.outside('chattr', made, node.path(path));
    else node.outside('setfattr', '-n', made, '-v', 'y', node.path(path));
    await lock(node);
    const [stage] = fileKind.apply(fileAction());

    expect(await stage?.perform(contextOf(node))).toMatchObject({
      outcome: 'refused',
      code: 'FILE_NOT_REPLACEABLE',
      params: { what: words, ...(made.startsWith('+') ? { context: 'immutable' } : {}) },
    });

    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(listing(node)).toEqual(['docker']);
    expect(existsSync(node.path('/var/lib/nodemend/lock'))).toBe(true);
    node.outside('chattr', '-ia', node.path(path));
  });

  it('since the run: its undo leaves it alone, and says why', async () => {
    const node = makeNode('dash', ['lsattr', 'chattr'], false);
    await lock(node);
    await perform(fileKind.apply(fileAction()), contextOf(node));
    node.outside('chattr', '+i', node.path(path));
    const [undo] = fileKind.undo(fileAction());

    expect(await undo?.perform(contextOf(node))).toMatchObject({
      outcome: 'refused',
      code: 'FILE_NOT_REPLACEABLE',
      params: { context: 'immutable' },
    });
    node.outside('chattr', '-i', node.path(path));
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo done']);
  });

  it('where no tool tells, the step says that it did not look', async () => {
    const node = makeNode('busybox', [], false);
    await lock(node);
    const [stage] = fileKind.apply(fileAction());
    expect(await stage?.perform(contextOf(node))).toMatchObject({
      outcome: 'done',
      detail: expect.stringContaining('no tool on this node tells'),
    });
  });
});
