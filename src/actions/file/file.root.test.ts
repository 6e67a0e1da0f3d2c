import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  run,
  session,
} from '../../../test/chroot/file-fixture.ts';
import { installTool, shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { errorText } from '../../errors/text.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { readNodeMemory } from '../node-state/node-records.ts';
import { fileKind } from './file.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

function makeNode(shell: Shell): ChrootNode {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  return node;
}

describe.each(shells)('the file action under %s', (shell) => {
  it('removes a file, and undo brings it back', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    const before = statSync(node.path(path));
    const spec = fileAction({ to: 'absent' });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual([
      'stage done',
      'validate done',
      'commit done',
      'verify done',
    ]);
    expect(listing(node)).toEqual([]);
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(Math.trunc(statSync(node.path(path)).mtimeMs / 1000)).toBe(Math.trunc(before.mtimeMs / 1000));
  });

  it('stages twice without harm, under a name that ends in ~, and undo clears it', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    const spec = fileAction();
    await lock(node);
    const [stage] = fileKind.apply(spec);

    expect(await stage!.perform(contextOf(node))).toMatchObject({ outcome: 'done' });
    expect(await stage!.perform(contextOf(node))).toMatchObject({ outcome: 'done' });
    expect(listing(node)).toEqual(['docker', `docker.nodemend-${run}~`]);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('staged');

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(listing(node)).toEqual(['docker']);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('untouched');
    expect(await perform(fileKind.apply(spec), contextOf(node))).toContain('commit done');
  });

  it('leaves a file alone that is already as wanted, and undo does too', async () => {
    const node = makeNode(shell);
    put(node, newContent);
    const spec = fileAction();
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual([
      'stage already',
      'validate already',
      'commit already',
      'verify done',
    ]);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('untouched');
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
  });

  it('keeps the record readable, closed to others, and without contents', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    await lock(node);
    await perform(fileKind.apply(fileAction()), contextOf(node));
    await unlockNode(node.connect(), run, session);

    const folder = node.path(`/var/lib/nodemend/runs/${run}`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^etc-logrotate\.d-docker-[0-9a-f]{8}$/u);
    expect(readdirSync(`${folder}/${name}`).toSorted()).toEqual(['after', 'before', 'phase-kept', 'record.json']);
    expect(readFileSync(`${folder}/${name}/record.json`, 'utf8')).not.toContain('rotate 10');
    expect(existsSync(node.path('/var/lib/nodemend/lock'))).toBe(false);

    const memory = await readNodeMemory(node.connect(), { run, withContent: true });
    expect(memory).toMatchObject({ machineId: node.machineId, lock: undefined });
    expect(memory.records).toMatchObject([
      { phase: 'kept', after: newContent, record: { run, owner: 'kim@laptop', action: { path } } },
    ]);
  });

  it('carries any content to the byte', async () => {
    const node = makeNode(shell);
    const odd = '@nodemend outcome failed\n$(reboot) `id` \\ "\' %s \t\u0000\u001b[31m 한글 \r\nno newline at the end';
    const spec = fileAction({ from: 'absent', to: fileState(odd) });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toContain('commit done');
    expect(readFileSync(node.path(path), 'utf8')).toBe(odd);
    expect((await readNodeMemory(node.connect(), { run, withContent: true })).records[0]?.after).toBe(odd);
  });

  it('works on odd names', async () => {
    const node = makeNode(shell);
    const odd = '/etc/logrotate.d/-rf $(id) \'a" \\ *';
    const spec = fileAction({ from: 'absent', path: odd });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toContain('commit done');
    expect(listing(node)).toEqual([odd.slice(odd.lastIndexOf('/') + 1)]);
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(listing(node)).toEqual([]);
  });
});

describe('what a check is given, and what it may say', () => {
  const checking = (node: ChrootNode, script: string, truncated = false) => {
    const connection = node.connect();
    return contextOf(node, {
      connection: {
        ...connection,
        exec: async (request) => ({
          ...(await connection.exec(request)),
          truncated: truncated && request.script === script,
        }),
      },
      check: () => ({
        script,
        admits: () => true,
        judge: ({ exitCode, stdout }) => ({ ok: exitCode === 0, saw: stdout.trim() }),
      }),
    });
  };
  const validate = [{ check: 'container-logs/any', args: ['third $(id)'] }];

  it('the staged file, the path it will take, its own arguments; nothing is read as shell', async () => {
    const node = makeNode('dash');
    put(node, oldContent);
    await lock(node);
    const [stage, check] = fileKind.apply(fileAction({ validate }));
    const context = checking(node, 'cat "$1"; printf "%s|" "$@"');
    await stage!.perform(context);
    const result = await check!.perform(context);
    expect(result).toMatchObject({
      outcome: 'done',
      detail: `container-logs/any: ${newContent}${path}.nodemend-${run}~|${path}|third $(id)|`,
    });
  });

  it('an empty name where the file is to be removed', async () => {
    const node = makeNode('dash');
    put(node, oldContent);
    await lock(node);
    const [stage, check] = fileKind.apply(fileAction({ to: 'absent', validate }));
    const context = checking(node, 'printf "%s|" "$@"');
    await stage!.perform(context);
    expect(await check!.perform(context)).toMatchObject({ detail: `container-logs/any: |${path}|third $(id)|` });
  });

  it('output over the cap proves nothing', async () => {
    const node = makeNode('dash');
    put(node, oldContent);
    await lock(node);
    const [stage, check] = fileKind.apply(fileAction({ validate }));
    const context = checking(node, 'true', true);
    await stage!.perform(context);
    const result = await check!.perform(context);
    expect(result).toMatchObject({
      outcome: 'rejected',
      code: 'CHECK_FAILED',
      params: { check: 'container-logs/any', 'said.0': 'check.too-long' },
      detail: expect.stringContaining('more output than 1048576 bytes'),
    });
    if (result.outcome === 'rejected')
      expect(errorText('ko', result.code, result.params).cause).toBe(
        'worker-1: container-logs/any 검사를 통과하지 못했습니다: 출력이 1048576바이트보다 많음.',
      );
  });
});

it('the SELinux label is set again where there is one', async () => {
  const node = makeNode('dash');
  put(node, oldContent);
  mkdirSync(node.path('/sys/fs/selinux'), { recursive: true });
  writeFileSync(node.path('/sys/fs/selinux/enforce'), '1');
  // Stands for restorecon(8), which needs a kernel with SELinux: tells what it was asked.
  writeFileSync(node.path('/usr/bin/restorecon'), '#!/bin/sh\necho "$*" >>/tmp/relabelled\n', { mode: 0o755 });
  await lock(node);
  await perform(fileKind.apply(fileAction()), contextOf(node));
  await perform(fileKind.undo(fileAction()), contextOf(node));
  expect(readFileSync(node.path('/tmp/relabelled'), 'utf8')).toBe(`-F ${path}\n-F ${path}\n`);
});

it('the real logrotate passes the staged file by, and reads the new one once it is in place', async () => {
  const node = makeNode('dash');
  installTool(node.root, 'logrotate');
  put(node, oldContent);
  put(node, 'include /etc/logrotate.d\n', '/etc/logrotate.conf');
  // logrotate looks up users and groups.
  put(node, 'root:x:0:\n', '/etc/group');
  put(node, 'root:x:0:0::/root:/bin/sh\n', '/etc/passwd');
  await lock(node);
  const read = (): string =>
    node.outside(
      'sh',
      '-c',
      'chroot "$1" /bin/logrotate -d /etc/logrotate.conf 2>&1 || echo "exit $?"',
      'sh',
      node.root,
    );
  const [stage, , commit] = fileKind.apply(fileAction());

  await stage!.perform(contextOf(node));
  expect(listing(node)).toHaveLength(2);
  expect(read()).toContain('reading config file docker\n');
  expect(read()).toMatch(/Ignoring .*nodemend-.*~/u);
  expect(read()).toContain('/containers/*/*.log');

  await commit!.perform(contextOf(node));
  expect(read()).toContain('/containers/*/*-json.log');
  expect(read()).not.toContain('nodemend');
});
