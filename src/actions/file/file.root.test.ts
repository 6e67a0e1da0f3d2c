import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, FileAction, FileState, NodeCheck, StepResult } from '../action.ts';
import { lockNode, unlockNode } from '../node-state/node-lock.ts';
import { readNodeMemory } from '../node-state/node-records.ts';
import { fileKind } from './file.ts';

const run = '20261124-0931-container-logs-7f3a';
const session = 'a1b2c3d4';
const path = '/etc/logrotate.d/docker';
const oldContent = '/var/lib/docker/containers/*/*.log {\n  daily\n}\n';
const newContent = '/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 10\n}\n';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

function makeNode(shell: Shell = 'dash'): ChrootNode {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  return node;
}

function fileState(content: string, mode = '0644', uid = 0, gid = 0): FileState {
  return { content, sha256: createHash('sha256').update(content).digest('hex'), mode, uid, gid };
}

function action(change: Partial<FileAction> = {}): FileAction {
  return {
    kind: 'file',
    id: `file:worker-1:${change.path ?? path}`,
    problem: 'container-logs',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.rule', params: {} },
    path,
    from: fileState(oldContent),
    to: fileState(newContent),
    validate: [],
    verify: [],
    ...change,
  };
}

function contextOf(node: ChrootNode, change: Partial<ActionContext> = {}): ActionContext {
  return {
    connection: node.connect(),
    run,
    session,
    record: { owner: 'kim@laptop', startedAt: '2026-11-24T09:31:00Z', plan: 'f'.repeat(64), nodes: 1, machineId: node.machineId, order: 0 },
    check: () => {
      throw new Error('no check in this test');
    },
    signal: new AbortController().signal,
    ...change,
  };
}

async function lock(node: ChrootNode, change: Partial<Parameters<typeof lockNode>[1]> = {}): Promise<StepResult> {
  return lockNode(node.connect(), {
    run, session, owner: 'kim@laptop', since: '2026-11-24T09:31:00Z', machineId: node.machineId, bootId: node.bootId, takeOver: false, ...change,
  }); // prettier-ignore
}

async function perform(steps: readonly { name: string; perform: (context: ActionContext) => Promise<StepResult> }[], context: ActionContext): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const step of steps) {
    const result = await step.perform(context);
    outcomes.push(`${step.name} ${result.outcome}${result.outcome === 'refused' ? ` ${result.code}` : ''}`);
    if (result.outcome === 'refused' || result.outcome === 'rejected') break;
  }
  return outcomes;
}

function put(node: ChrootNode, content: string, inside = path): void {
  writeFileSync(node.path(inside), content);
  chmodSync(node.path(inside), 0o644);
}

/** Everything in the folder of the file, so that a forgotten temporary file is seen. */
function listing(node: ChrootNode): readonly string[] {
  return readdirSync(node.path('/etc/logrotate.d')).toSorted();
}

describe.each(shells)('the file action under %s', (shell) => {
  it('replaces a file, keeps what undo needs, and takes it back to the byte', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    chownSync(node.path(path), 7, 8);
    chmodSync(node.path(path), 0o640);
    const spec = action({ from: fileState(oldContent, '0640', 7, 8) });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(['stage done', 'validate done', 'commit done', 'verify done']);

    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
    expect(statSync(node.path(path))).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(node.path(path)).mode & 0o7777).toBe(0o644);
    expect(listing(node)).toEqual(['docker']);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('applied');

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);

    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(statSync(node.path(path))).toMatchObject({ uid: 7, gid: 8 });
    expect(statSync(node.path(path)).mode & 0o7777).toBe(0o640);
    expect(listing(node)).toEqual(['docker']);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('undone');
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(['stage refused RUN_UNDONE_ON_NODE']);
  });

  it('makes a file that was absent, and undo removes it', async () => {
    const node = makeNode(shell);
    const spec = action({ from: 'absent' });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(['stage done', 'validate done', 'commit done', 'verify done']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(listing(node)).toEqual([]);
  });

  it('removes a file, and undo brings it back', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    const before = statSync(node.path(path));
    const spec = action({ to: 'absent' });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(['stage done', 'validate done', 'commit done', 'verify done']);
    expect(listing(node)).toEqual([]);
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(Math.trunc(statSync(node.path(path)).mtimeMs / 1000)).toBe(Math.trunc(before.mtimeMs / 1000));
  });

  it('changes the mode alone', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    chmodSync(node.path(path), 0o666);
    const spec = action({ from: fileState(oldContent, '0666'), to: fileState(oldContent, '0644') });
    await lock(node);

    await perform(fileKind.apply(spec), contextOf(node));
    expect(statSync(node.path(path)).mode & 0o7777).toBe(0o644);
    await perform(fileKind.undo(spec), contextOf(node));
    expect(statSync(node.path(path)).mode & 0o7777).toBe(0o666);
  });

  it('stages twice without harm, under a name that ends in ~, and undo clears it', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    const spec = action();
    await lock(node);
    const [stage] = fileKind.apply(spec);

    expect(await stage!.perform(contextOf(node))).toMatchObject({ outcome: 'done' });
    expect(await stage!.perform(contextOf(node))).toMatchObject({ outcome: 'done' });
    expect(listing(node)).toEqual(['docker', `docker.nodemend-${run}~`]);
    expect(readFileSync(node.path(path), 'utf8')).toBe(oldContent);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('staged');

    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(listing(node)).toEqual(['docker']);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('undone');
  });

  it('leaves a file alone that is already as wanted, and undo does too', async () => {
    const node = makeNode(shell);
    put(node, newContent);
    const spec = action();
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toEqual(['stage already', 'validate already', 'commit already', 'verify done']);
    expect(await fileKind.inspect(spec, contextOf(node))).toBe('untouched');
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(readFileSync(node.path(path), 'utf8')).toBe(newContent);
  });

  it('keeps the record readable, closed to others, and without contents', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    await lock(node);
    await perform(fileKind.apply(action()), contextOf(node));
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
    expect(memory.records).toMatchObject([{ phase: 'kept', after: newContent, record: { run, owner: 'kim@laptop', action: { path } } }]);
  });

  it('carries any content to the byte', async () => {
    const node = makeNode(shell);
    const odd = '@nodemend outcome failed\n$(reboot) `id` \\ "\' %s \t\u0000\u001b[31m 한글 \r\nno newline at the end';
    const spec = action({ from: 'absent', to: fileState(odd) });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toContain('commit done');
    expect(readFileSync(node.path(path), 'utf8')).toBe(odd);
    expect((await readNodeMemory(node.connect(), { run, withContent: true })).records[0]?.after).toBe(odd);
  });

  it('works on odd names', async () => {
    const node = makeNode(shell);
    const odd = "/etc/logrotate.d/-rf $(id) 'a\" \\ *";
    const spec = action({ from: 'absent', path: odd });
    await lock(node);

    expect(await perform(fileKind.apply(spec), contextOf(node))).toContain('commit done');
    expect(listing(node)).toEqual([odd.slice(odd.lastIndexOf('/') + 1)]);
    expect(await perform(fileKind.undo(spec), contextOf(node))).toEqual(['undo done']);
    expect(listing(node)).toEqual([]);
  });
});
