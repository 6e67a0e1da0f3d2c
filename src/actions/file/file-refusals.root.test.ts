import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
} from '../../../test/chroot/file-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { StepResult } from '../action.ts';
import { fileKind } from './file.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(shell: Shell, content: string | undefined = oldContent): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  if (content !== undefined) put(node, content);
  await lock(node);
  return node;
}

async function stage(node: ChrootNode, spec = fileAction()): Promise<StepResult> {
  return fileKind.apply(spec)[0]!.perform(contextOf(node));
}

/** The code and the words of the error that a step ends with. */
async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NodemendError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'no error', message: '' };
}

function runFolder(node: ChrootNode): boolean {
  return existsSync(node.path(`/var/lib/nodemend/runs/${run}`));
}

describe.each(shells)('what the file action refuses under %s, touching nothing', (shell) => {
  it('a file that is not what the plan was made from, with the diff', async () => {
    const node = await lockedNode(shell);
    put(node, `${oldContent}# a hand was here\n`);

    const result = await stage(node);

    expect(result).toMatchObject({ outcome: 'refused', code: 'FILE_CHANGED_SINCE_PLAN' });
    expect(result).toHaveProperty('diff', expect.stringContaining('+# a hand was here'));
    expect(listing(node)).toEqual(['docker']);
    expect(runFolder(node)).toBe(false);
  });

  it('another owner, and another mode', async () => {
    const node = await lockedNode(shell);
    chownSync(node.path(path), 5, 0);
    expect(await stage(node)).toMatchObject({
      code: 'FILE_CHANGED_SINCE_PLAN',
      diff: '-owner 0:0 mode 0644\n+owner 5:0 mode 0644',
    });
    chownSync(node.path(path), 0, 0);
    chmodSync(node.path(path), 0o600);
    expect(await stage(node)).toMatchObject({
      code: 'FILE_CHANGED_SINCE_PLAN',
      diff: '-owner 0:0 mode 0644\n+owner 0:0 mode 0600',
    });
  });

  it('a file that has gone, and one that has appeared', async () => {
    const node = await lockedNode(shell);
    expect(await stage(node, fileAction({ from: 'absent' }))).toMatchObject({ code: 'FILE_CHANGED_SINCE_PLAN' });
    rmSync(node.path(path));
    expect(await stage(node)).toMatchObject({ code: 'FILE_CHANGED_SINCE_PLAN' });
    expect(runFolder(node)).toBe(false);
  });

  it('a symlink, a dangling one, a directory, a device, a file with two names', async () => {
    const node = await lockedNode(shell);
    put(node, oldContent, '/etc/real');
    rmSync(node.path(path));
    symlinkSync('/etc/real', node.path(path));
    expect(await stage(node)).toMatchObject({ code: 'FILE_NOT_REPLACEABLE', params: { what: 'symlink' } });
    expect(lstatSync(node.path(path)).isSymbolicLink()).toBe(true);
    expect(readFileSync(node.path('/etc/real'), 'utf8')).toBe(oldContent);

    rmSync(node.path(path));
    symlinkSync('/etc/nowhere', node.path(path));
    expect(await stage(node, fileAction({ from: 'absent' }))).toMatchObject({
      code: 'FILE_NOT_REPLACEABLE',
      params: { what: 'symlink' },
    });

    rmSync(node.path(path));
    mkdirSync(node.path(path));
    expect(await stage(node)).toMatchObject({ code: 'FILE_NOT_REPLACEABLE', params: { what: 'directory' } });

    expect(await stage(node, fileAction({ path: '/dev/null' }))).toMatchObject({
      code: 'FILE_NOT_REPLACEABLE',
      params: { what: 'special' },
    });

    rmSync(node.path(path), { recursive: true });
    put(node, oldContent);
    linkSync(node.path(path), node.path('/etc/second-name'));
    expect(await stage(node)).toMatchObject({ code: 'FILE_NOT_REPLACEABLE', params: { what: 'hard links' } });
    expect(runFolder(node)).toBe(false);
  });

  it('a folder that is missing, and one that others can write to or move', async () => {
    const node = await lockedNode(shell);
    expect(await stage(node, fileAction({ path: '/etc/none/docker' }))).toMatchObject({
      code: 'FOLDER_MISSING',
      params: { folder: '/etc/none' },
    });
    chmodSync(node.path('/etc'), 0o1777);
    expect(await stage(node)).toMatchObject({ code: 'FOLDER_UNSAFE', params: { folder: '/etc' } });
    chmodSync(node.path('/etc'), 0o755);
    chownSync(node.path('/etc/logrotate.d'), 5, 0);
    expect(await stage(node)).toMatchObject({ code: 'FOLDER_UNSAFE', params: { folder: '/etc/logrotate.d' } });
    chownSync(node.path('/etc/logrotate.d'), 0, 5);
    chmodSync(node.path('/etc/logrotate.d'), 0o775);
    expect(await stage(node)).toMatchObject({ code: 'FOLDER_UNSAFE' });
    chownSync(node.path('/etc/logrotate.d'), 0, 0);
    expect(await stage(node)).toMatchObject({ outcome: 'done' });
  });

  it('a node that lacks a program, before anything is written', async () => {
    const node = new ChrootNode('worker-1', shell);
    nodes.push(node);
    rmSync(node.path('/usr/bin/sha256sum'));
    rmSync(node.path('/usr/bin/sync'));

    // busybox runs its own applets without a link to them; there the shell itself has to be without.
    if (shell === 'busybox') expect(await lock(node)).toMatchObject({ outcome: 'done' });
    else {
      expect(await lock(node)).toMatchObject({
        outcome: 'refused',
        code: 'NODE_TOOL_MISSING',
        params: { tools: 'sha256sum sync' },
      });
      expect(existsSync(node.path('/var/lib/nodemend'))).toBe(false);
    }
  });

  it('a file that was edited since the run, when it is to be undone; with the diff', async () => {
    const node = await lockedNode(shell);
    await perform(fileKind.apply(fileAction()), contextOf(node));
    put(node, newContent.replace('daily', 'hourly'));

    const [step] = fileKind.undo(fileAction());
    const result = await step!.perform(contextOf(node));

    expect(result).toMatchObject({ outcome: 'refused', code: 'FILE_CHANGED_SINCE_RUN' });
    expect(result).toHaveProperty('diff', expect.stringMatching(/^-  daily\n\+  hourly$/mu));
    expect(readFileSync(node.path(path), 'utf8')).toContain('hourly');
    expect(await fileKind.inspect(fileAction(), contextOf(node))).toBe('moved');
  });

  it('a backup that is no longer what it was', async () => {
    const node = await lockedNode(shell);
    await perform(fileKind.apply(fileAction()), contextOf(node));
    node.outside('sh', '-c', 'echo x >>"$(ls -d "$1"/var/lib/nodemend/runs/*/*/before)"', 'sh', node.root);

    expect(await failure(perform(fileKind.undo(fileAction()), contextOf(node)))).toMatchObject({
      code: 'BACKUP_DAMAGED',
    });
    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
  });

  it('a staged file that is no longer what was staged', async () => {
    const node = await lockedNode(shell);
    const [stageStep, , commitStep] = fileKind.apply(fileAction());
    await stageStep!.perform(contextOf(node));
    writeFileSync(node.path(`${path}.nodemend-${run}~`), 'something else');

    expect(await failure(commitStep!.perform(contextOf(node)))).toMatchObject({ code: 'STAGED_FILE_CHANGED' });
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
  });

  it('a file that was edited between stage and commit', async () => {
    const node = await lockedNode(shell);
    const [stageStep, , commitStep] = fileKind.apply(fileAction());
    await stageStep!.perform(contextOf(node));
    put(node, 'edited by hand');

    expect(await commitStep!.perform(contextOf(node))).toMatchObject({
      outcome: 'refused',
      code: 'FILE_CHANGED_SINCE_PLAN',
    });
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo already']);
    expect(readFileSync(node.path(path), 'utf8')).toBe('edited by hand');
    expect(listing(node)).toEqual(['docker']);
  });

  it('content that was cut short on its way', async () => {
    const node = await lockedNode(shell);
    const connection = node.connect();
    const cut = {
      ...connection,
      exec: (request: Parameters<typeof connection.exec>[0]) =>
        connection.exec({ ...request, ...(request.input ? { input: request.input.subarray(0, -5) } : {}) }),
    };

    expect(await failure(perform(fileKind.apply(fileAction()), contextOf(node, { connection: cut })))).toMatchObject({
      code: 'NODE_WRITE_FAILED',
      message: expect.stringContaining('the input ended early'),
    });
    expect(listing(node)).toEqual(['docker']);
    expect(await fileKind.inspect(fileAction(), contextOf(node))).toBe('untouched');
  });
});

describe.each(['dash', 'busybox'] as const)('a disk in trouble, under %s', (shell) => {
  it('a full /etc: refused, the old file intact, nothing left', async () => {
    const node = await lockedNode(shell);
    node.mount('-t', 'tmpfs', '-o', 'size=32k,mode=755', 'tmpfs', node.path('/etc/logrotate.d'));
    node.outside('sh', '-c', 'printf %s "$2" >"$1" && chmod 644 "$1"', 'sh', node.path(path), oldContent);

    expect(await stage(node)).toMatchObject({
      outcome: 'refused',
      code: 'NODE_NO_SPACE',
      params: { folder: '/etc/logrotate.d' },
    });
    expect(node.outside('ls', '-A', node.path('/etc/logrotate.d'))).toBe('docker\n');
    expect(node.outside('cat', node.path(path))).toBe(oldContent);
  });

  it('a file system without a free inode: failed with the words of the node, the old file intact, nothing left', async () => {
    const node = await lockedNode(shell);
    // One inode for the mount itself and one for the file.
    node.mount('-t', 'tmpfs', '-o', 'nr_inodes=2,mode=755', 'tmpfs', node.path('/etc/logrotate.d'));
    node.outside('sh', '-c', 'printf %s "$2" >"$1" && chmod 644 "$1"', 'sh', node.path(path), oldContent);

    expect(await failure(stage(node))).toMatchObject({
      code: 'NODE_WRITE_FAILED',
      message: expect.stringMatching(/No space left on device/u),
    });
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo already']);
    expect(node.outside('ls', '-A', node.path('/etc/logrotate.d'))).toBe('docker\n');
    expect(node.outside('cat', node.path(path))).toBe(oldContent);
  });

  it('a full /var: refused before anything', async () => {
    const node = await lockedNode(shell);
    node.mount('-t', 'tmpfs', '-o', 'size=48k,mode=755', 'tmpfs', node.path('/var/lib'));
    await lock(node);
    expect(await stage(node)).toMatchObject({
      outcome: 'refused',
      code: 'NODE_NO_SPACE',
      params: { folder: '/var/lib/nodemend' },
    });
    expect(listing(node)).toEqual(['docker']);
  });

  it('a read-only /etc: failed with the words of the node, and undo agrees that nothing happened', async () => {
    const node = await lockedNode(shell);
    node.mount('--bind', node.path('/etc'), node.path('/etc'));
    node.mount('-o', 'remount,bind,ro', node.path('/etc'));

    expect(await failure(stage(node))).toMatchObject({
      code: 'NODE_WRITE_FAILED',
      message: expect.stringMatching(/Read-only file system/u),
    });
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo already']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(listing(node)).toEqual(['docker']);
  });

  it('a read-only /var: no lock, so no run', async () => {
    const node = new ChrootNode('worker-1', shell);
    nodes.push(node);
    node.mount('--bind', node.path('/var'), node.path('/var'));
    node.mount('-o', 'remount,bind,ro', node.path('/var'));
    expect(await failure(lock(node))).toMatchObject({
      code: 'NODE_WRITE_FAILED',
      message: expect.stringMatching(/Read-only file system/u),
    });
  });

  it('a file that is a mount point cannot be replaced: staged again, then cleared', async () => {
    const node = await lockedNode(shell);
    node.mount('--bind', node.path(path), node.path(path));

    expect(await failure(perform(fileKind.apply(fileAction()), contextOf(node)))).toMatchObject({
      code: 'NODE_WRITE_FAILED',
      message: expect.stringMatching(/[Bb]usy/u),
    });
    expect(await fileKind.inspect(fileAction(), contextOf(node))).toBe('staged');
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo already']);
    expect(listing(node)).toEqual(['docker']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
  });

  it('a file that may not be changed (chattr +i)', async () => {
    const node = await lockedNode(shell);
    node.outside('chattr', '+i', node.path(path));
    try {
      expect(await failure(perform(fileKind.apply(fileAction()), contextOf(node)))).toMatchObject({
        code: 'NODE_WRITE_FAILED',
        message: expect.stringMatching(/not permitted/u),
      });
      expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo already']);
      expect(listing(node)).toEqual(['docker']);
    } finally {
      node.outside('chattr', '-i', node.path(path));
    }
  });
});

it('content of the same length with another byte is refused by its checksum', async () => {
  const node = await lockedNode('dash');
  const lying = fileAction({ to: { ...fileState(newContent), content: newContent.replace('daily', 'dayly') } });
  expect(await failure(stage(node, lying))).toMatchObject({
    code: 'NODE_WRITE_FAILED',
    message: expect.stringContaining('the content that arrived is not the content that was sent'),
  });
  expect(listing(node)).toEqual(['docker']);
});
