import { afterEach, describe, expect, it } from 'vitest';
import { contextOf, lock, perform, run, session } from '../../../test/chroot/file-fixture.ts';
import { dockerFolder, dockerLog, logSpaceAction, LogNode, podFolder } from '../../../test/chroot/log-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { readNodeMemory } from '../node-state/node-records.ts';
import { logSpaceKind } from './log-space.ts';

const nodes: LogNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function makeNode(shell: Shell, megabytes?: number): Promise<LogNode> {
  const node = new LogNode(shell, megabytes);
  nodes.push(node);
  // Its /proc is the machine's own, and so is its boot id.
  expect(await lock(node, { bootId: '' })).toMatchObject({ outcome: 'done' });
  return node;
}

const mebibyte = 1024 ** 2;
const freed = ['keep done', 'free done', 'verify done'];

describe.each(shells)('the log-space action under %s', (shell) => {
  it('removes a rotated log, keeps it compressed, and gives it back with owner, mode and time', async () => {
    const node = await makeNode(shell);
    const path = `${dockerLog}.1`;
    node.log(path, 16);
    const before = node.seen(path);
    const free = node.free();
    const spec = logSpaceAction(node, path);

    const details: string[] = [];
    for (const step of logSpaceKind.apply(spec)) {
      const result = await step.perform(contextOf(node));
      expect([step.name, result.outcome]).toEqual([step.name, 'done']);
      details.push(result.detail);
    }

    expect(node.listing(dockerFolder)).toEqual([]);
    expect(node.free() - free).toBeGreaterThan(14 * mebibyte);
    expect(details[0]).toMatch(/^kept 16777216 bytes of \S+ as \d{4,6}$/);
    expect(Number(/: (\d+) bytes more are free$/.exec(details[1] ?? '')?.[1])).toBeGreaterThan(15 * mebibyte);
    expect(await logSpaceKind.inspect(spec, contextOf(node))).toBe('applied');
    const memory = await readNodeMemory(node.connect(), { run });
    expect(memory.records.map(({ phase, record }) => [phase, record.action])).toEqual([['committed', spec]]);

    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo done']);

    expect(node.seen(path)).toBe(before);
    expect(node.listing(dockerFolder)).toEqual([`./${path.slice(dockerFolder.length + 1)}`]);
    expect(await logSpaceKind.inspect(spec, contextOf(node))).toBe('undone');
    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(['keep refused RUN_UNDONE_ON_NODE']);
    // The copy is gone with the need for it.
    expect(node.listing('/var/lib/nodemend/runs').filter((name) => name.endsWith('.gz'))).toEqual([]);
    await unlockNode(node.connect(), run, session);
  });

  it('empties a live log in place while its writer goes on, and gives the old lines back beside the new ones', async () => {
    const node = await makeNode(shell);
    node.log(dockerLog, 16);
    const writer = await node.writer(dockerLog, '>>');
    const spec = logSpaceAction(node, dockerLog, { log: 'live' });
    const steps = logSpaceKind.apply(spec);
    const context = contextOf(node);
    const old = node.sh('sha256sum <"$1$2"', dockerLog);

    expect(await steps[0]?.perform(context)).toMatchObject({ outcome: 'done' });
    await writer.say('between');
    expect(await steps[1]?.perform(context)).toMatchObject({
      outcome: 'done',
      detail: expect.stringMatching(/; sh \(\d+\) goes on writing it$/),
    });
    expect(node.sh('stat -c "%s %b %i" "$1$2"', dockerLog).trim()).toBe(`0 0 ${spec.was.inode}`);
    await writer.say('after');
    expect(await steps[2]?.perform(context)).toMatchObject({ outcome: 'done' });
    expect(node.sh('cat "$1$2"', dockerLog)).toBe('after\n');

    expect(await perform(logSpaceKind.undo(spec), context)).toEqual(['undo done']);

    const back = `${dockerLog}-nodemend-${run}`;
    expect(node.sh('cat "$1$2"', dockerLog)).toBe('after\n');
    expect(node.sh('tail -n 1 "$1$2"', back)).toContain('between\n');
    expect(node.sh('head -c "$3" "$1$2" | sha256sum', back, String(spec.was.size))).toBe(old);
    expect(node.seen(back).split('\n')[1]).toMatch(/^640 7 8 /);
  });

  it('on a full disk it frees what it may lose, says that it is lost, and undo cannot bring it back', async () => {
    const node = await makeNode(shell);
    const path = `${podFolder}/0.log.20261120-030000.gz`;
    node.noise(path, 16);
    // Two blocks for the record and its folders, and not one for a copy.
    node.fill(64);
    const spec = logSpaceAction(node, path, { keep: 'never', disrupts: 'discard' });

    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(freed);
    expect(node.free()).toBeGreaterThan(15 * mebibyte);
    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo refused LOG_NOT_KEPT']);
    expect(node.listing(podFolder)).toEqual([]);
  });

  it('without room for a copy nothing is freed that has to be kept, and no half copy stays', async () => {
    const node = await makeNode(shell);
    const path = `${podFolder}/0.log.20261120-030000`;
    node.noise(path, 16);
    node.fill(8 * 1024);
    const before = node.free();
    const spec = logSpaceAction(node, path);

    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(['keep refused NODE_NO_SPACE']);
    expect(before - node.free()).toBeLessThan(64 * 1024);
    expect(node.listing(podFolder)).toHaveLength(1);
    expect(node.listing('/var/lib/nodemend/runs')).toEqual([]);
    expect(await logSpaceKind.inspect(spec, contextOf(node))).toBe('untouched');

    const losing = { ...spec, keep: 'when-it-fits', disrupts: 'discard' } as const;
    expect(await perform(logSpaceKind.apply(losing), contextOf(node))).toEqual(freed);
    expect(node.free()).toBeGreaterThan(23 * mebibyte);
  });

  it('with not one block free nothing is begun, and one log that a person removes is enough', async () => {
    const node = new LogNode(shell);
    nodes.push(node);
    node.noise(`${dockerLog}.1`, 1);
    node.noise(`${dockerLog}.2`, 8);
    node.fill(0);
    const spec = logSpaceAction(node, `${dockerLog}.2`, { keep: 'never', disrupts: 'discard' });
    await expect(lock(node, { bootId: '' })).rejects.toMatchObject({
      code: 'NODE_WRITE_FAILED',
      params: { words: expect.stringMatching(/No space left/) },
    });
    expect(node.listing(dockerFolder)).toHaveLength(2);

    node.sh('rm "$1$2"', `${dockerLog}.1`);
    expect(await lock(node, { bootId: '' })).toMatchObject({ outcome: 'done' });
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(freed);
  });

  it('leaves alone what somebody has open, what was written since, and what is not a log', async () => {
    const node = await makeNode(shell);
    const path = `${dockerLog}.1`;
    node.log(path, 1);
    const spec = logSpaceAction(node, path);
    await node.writer(path, '<');
    expect(await logSpaceKind.apply(spec)[0]?.perform(contextOf(node))).toMatchObject({
      outcome: 'refused',
      code: 'LOG_IN_USE',
      params: { path, program: expect.stringMatching(/^sh \(\d+\)$/) },
    });

    const other = `${dockerLog}.2`;
    node.log(other, 1);
    const otherSpec = logSpaceAction(node, other);
    node.sh('echo more >>"$1$2"', other);
    expect(await perform(logSpaceKind.apply(otherSpec), contextOf(node))).toEqual([
      'keep refused FILE_CHANGED_SINCE_PLAN',
    ]);
    node.sh('ln "$1$2" "$1$2.link"', other);
    expect(await perform(logSpaceKind.apply(logSpaceAction(node, other)), contextOf(node))).toEqual([
      'keep refused FILE_NOT_REPLACEABLE',
    ]);

    for (const outside of [
      '/etc/passwd',
      '/var/log/pods/a/b/c/0.log',
      `${dockerFolder}/config.v2.json`,
      '/var/log/pods/a/../../../../etc/0.log',
      '/var/lib/docker/containers/x/x-json.log',
    ]) {
      expect(await logSpaceKind.apply({ ...spec, path: outside })[0]?.perform(contextOf(node))).toMatchObject({
        outcome: 'refused',
        code: 'LOG_OUTSIDE',
      });
    }
    node.sh('mkdir -p "$1/var/log/pods/shop_x"; ln -s "$1/etc" "$1/var/log/pods/shop_x/app"; : >"$1/etc/0.log"');
    expect(
      await perform(logSpaceKind.apply({ ...spec, path: '/var/log/pods/shop_x/app/0.log' }), contextOf(node)),
    ).toEqual(['keep already', 'free already', 'verify already']);
    node.sh('rm "$1/var/log/pods/shop_x/app"; ln -s /etc "$1/var/log/pods/shop_x/app"');
    expect(
      await perform(logSpaceKind.apply({ ...spec, path: '/var/log/pods/shop_x/app/0.log' }), contextOf(node)),
    ).toEqual(['keep refused LOG_OUTSIDE']);
    node.sh('chmod 0777 "$1$2"', dockerFolder);
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(['keep refused FOLDER_UNSAFE']);
    expect(node.listing('/var/lib/nodemend/runs')).toEqual([]);
  });

  it('a log that was rotated or removed meanwhile is left at that', async () => {
    const node = await makeNode(shell);
    const path = `${dockerLog}.1`;
    node.log(path, 1);
    const spec = logSpaceAction(node, path);
    node.sh('mv "$1$2" "$1$3"', path, `${dockerLog}.2`);
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual([
      'keep already',
      'free already',
      'verify already',
    ]);
    node.log(path, 1);
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual([
      'keep already',
      'free already',
      'verify already',
    ]);
    expect(node.listing(dockerFolder)).toHaveLength(2);
    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo already']);
  });

  it('a removed log does not come back over a new one', async () => {
    const node = await makeNode(shell);
    const path = `${dockerLog}.1`;
    node.log(path, 1);
    const spec = logSpaceAction(node, path);
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(freed);
    node.log(path, 2);
    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo refused FILE_CHANGED_SINCE_RUN']);
    node.sh('rm "$1$2"', path);
    expect(await perform(logSpaceKind.undo(spec), contextOf(node))).toEqual(['undo done']);
  });

  it('a writer that does not append is named, and the hole that it leaves takes no room', async () => {
    const node = await makeNode(shell);
    node.log(dockerLog, 8);
    const writer = await node.writer(dockerLog, '<>');
    const spec = logSpaceAction(node, dockerLog, { log: 'live' });
    const [keep, free, verify] = logSpaceKind.apply(spec);
    await keep?.perform(contextOf(node));
    expect((await free?.perform(contextOf(node)))?.detail).toContain('does not append');
    await writer.say('next');
    expect(await verify?.perform(contextOf(node))).toMatchObject({ outcome: 'done' });
    expect(Number(node.sh('stat -c %s "$1$2"', dockerLog))).toBeGreaterThan(8 * mebibyte);
  });

  it('a log that has taken the room again is told', async () => {
    const node = await makeNode(shell);
    node.log(dockerLog, 2);
    const spec = logSpaceAction(node, dockerLog, { log: 'live' });
    expect(await perform(logSpaceKind.apply(spec), contextOf(node))).toEqual(freed);
    node.sh('head -c 3145728 /dev/zero >>"$1$2"', dockerLog);
    expect(await logSpaceKind.verify(spec)[0]?.perform(contextOf(node))).toMatchObject({
      code: 'LOG_ROOM_TAKEN',
      params: { path: dockerLog, bytes: expect.any(Number) as number },
    });
  });
});
