import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import {
  contextOf,
  fileAction,
  lock,
  oldContent,
  perform,
  put,
  run,
  session,
} from '../../../test/chroot/file-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { fileKind } from '../file/file.ts';
import { lockNode, unlockNode } from './node-lock.ts';
import { readNodeMemory } from './node-records.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

function makeNode(shell: Shell): ChrootNode {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  return node;
}

const other = '20261124-0940-container-logs-0b1c';

describe.each(shells)('the lock of a node under %s', (shell) => {
  it('is taken, shown, and given back', async () => {
    const node = makeNode(shell);

    expect(await lock(node)).toMatchObject({ outcome: 'done' });
    expect(statSync(node.path('/var/lib/nodemend')).mode & 0o777).toBe(0o700);
    expect((await readNodeMemory(node.connect(), {})).lock).toEqual({
      run,
      owner: 'kim@laptop',
      since: '2026-11-24T09:31:00Z',
    });
    expect(await unlockNode(node.connect(), run, session)).toMatchObject({ outcome: 'done' });
    expect(readdirSync(node.path('/var/lib/nodemend'))).toEqual(['runs']);
    expect(await unlockNode(node.connect(), run, session)).toMatchObject({ outcome: 'already' });
  });

  it('is refused to another run, which is told who has it', async () => {
    const node = makeNode(shell);
    await lock(node);

    const second = await lock(node, { run: other, session: '99999999', takeOver: true });
    expect(second).toMatchObject({ outcome: 'refused', code: 'NODE_LOCKED', params: { run, owner: 'kim@laptop' } });
    expect(await unlockNode(node.connect(), other, '99999999')).toMatchObject({
      outcome: 'refused',
      code: 'NODE_LOCK_LOST',
    });
    expect(readdirSync(node.path('/var/lib/nodemend')).toSorted()).toEqual(['lock', 'runs']);
  });

  it('of the same run is taken over only on request, and the old session stops at its next script', async () => {
    const node = makeNode(shell);
    put(node, oldContent);
    await lock(node);

    expect(await lock(node, { session: '22222222' })).toMatchObject({ outcome: 'refused', code: 'NODE_LOCKED' });
    expect(await lock(node, { session: '22222222', owner: 'lee@desk', takeOver: true })).toMatchObject({
      outcome: 'already',
      detail: 'taken over from kim@laptop',
    });
    expect(await perform(fileKind.apply(fileAction()), contextOf(node))).toEqual(['stage refused NODE_LOCK_LOST']);
    expect(await perform(fileKind.undo(fileAction()), contextOf(node))).toEqual(['undo refused NODE_LOCK_LOST']);
    expect(await perform(fileKind.apply(fileAction()), contextOf(node, { session: '22222222' }))).toContain(
      'commit done',
    );
    expect(await unlockNode(node.connect(), run, session)).toMatchObject({
      outcome: 'refused',
      code: 'NODE_LOCK_LOST',
    });
  });

  it('is not taken on a machine that is not the one of the plan, or that was rebooted; nothing is written there', async () => {
    const node = makeNode(shell);
    expect(await lock(node, { machineId: '0'.repeat(32) })).toMatchObject({ outcome: 'refused', code: 'PLAN_STALE' });
    expect(await lock(node, { bootId: 'another-boot' })).toMatchObject({ outcome: 'refused', code: 'PLAN_STALE' });
    expect(existsSync(node.path('/var/lib/nodemend'))).toBe(false);
    expect(await lock(node, { bootId: undefined })).toMatchObject({ outcome: 'done' });
  });

  it('goes to exactly one of ten runs that want it at once', async () => {
    const node = makeNode(shell);
    const tries = Array.from({ length: 10 }, (_, index) =>
      lock(node, { run: `run-${index}`, session: `0000000${index}` }),
    );
    const outcomes = (await Promise.all(tries)).map((result) => result.outcome);
    expect(outcomes.toSorted()).toEqual(['done', ...Array.from({ length: 9 }, () => 'refused')]);
  });
});

it('a run that was killed while it wrote its lock does not stand in the way', async () => {
  const node = makeNode('dash');
  await lock(node);
  await unlockNode(node.connect(), run, session);
  writeFileSync(node.path('/var/lib/nodemend/lock.dead0000'), 'half');

  await lock(node, { run: other });
  await unlockNode(node.connect(), other, session);
  expect(readdirSync(node.path('/var/lib/nodemend'))).toEqual(['runs']);
});

it(
  'a script that works on the node keeps others waiting, and then gives up on one that hangs',
  { timeout: 60_000 },
  async () => {
    const node = makeNode('dash');
    await lock(node);
    const connection = node.connect();
    const held = connection.exec({
      script: 'exec 9</var/lib/nodemend; flock 9; echo held >/tmp/held; sleep 17',
      args: [],
      privilege: 'root',
      timeoutMs: 60_000,
      maxOutputBytes: 100,
    });
    while (!existsSync(node.path('/tmp/held'))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readFileSync(node.path('/tmp/held'), 'utf8')).toBe('held\n');

    await expect(unlockNode(node.connect(), run, session)).rejects.toMatchObject({ code: 'NODE_BUSY' });
    await held;
    expect(await unlockNode(node.connect(), run, session)).toMatchObject({ outcome: 'done' });
  },
);

it('reads the newest runs of a node, oldest first, and says no to a record that is not ours', async () => {
  const node = makeNode('dash');
  put(node, oldContent);
  for (const one of ['20261124-0931-a-0001', '20261124-0932-a-0002']) {
    await lock(node, { run: one });
    await perform(fileKind.apply(fileAction()), contextOf(node, { run: one }));
    await perform(fileKind.undo(fileAction()), contextOf(node, { run: one }));
    await unlockNode(node.connect(), one, session);
  }
  const memory = await readNodeMemory(node.connect(), {});
  expect(memory.records.map(({ phase, record }) => `${record.run} ${phase}`)).toEqual([
    '20261124-0931-a-0001 undone',
    '20261124-0932-a-0002 undone',
  ]);

  node.outside('sh', '-c', 'echo "{}" >"$(ls -d "$1"/var/lib/nodemend/runs/*0001/*/record.json)"', 'sh', node.root);
  const broken = '20261124-0931-a-0001';
  await expect(readNodeMemory(node.connect(), { run: broken })).rejects.toMatchObject({ code: 'NODE_RECORD_INVALID' });
  const rest = await readNodeMemory(node.connect(), {});
  expect(rest.records.map(({ record }) => record.run)).toEqual(['20261124-0932-a-0002']);
  expect(rest.unreadable).toMatchObject([{ code: 'NODE_RECORD_INVALID', params: { run: broken } }]);
});

it('a node without sh says so', async () => {
  const node = makeNode('dash');
  const connection = {
    ...node.connect(),
    exec: async () => ({
      exitCode: 127,
      stdout: Buffer.from('motd\n'),
      stderr: Buffer.from('sh: not found\u001b[31m\n'),
      truncated: false,
      privilege: 'root' as const,
    }),
  };
  const request = {
    run,
    session,
    owner: 'kim',
    since: 'now',
    machineId: undefined,
    bootId: undefined,
    takeOver: false,
  };
  await expect(lockNode(connection, request)).rejects.toMatchObject({
    code: 'NODE_SCRIPT_DIED',
    params: { words: 'sh: not found\\e[31m' },
  });
});
