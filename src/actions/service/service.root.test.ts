import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it, test } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { contextOf, lock, perform, run, session } from '../../../test/chroot/file-fixture.ts';
import {
  calls,
  hurried,
  pidOf,
  putUnit,
  serviceAction,
  unit,
  type UnitFixture,
} from '../../../test/chroot/service-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecRequest, ExecResult } from '../../transport/transport.ts';
import { readNodeMemory } from '../node-state/node-records.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { serviceKind as kind } from './service.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(fixture: UnitFixture = {}, shell: Shell = 'dash'): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  putUnit(node, fixture);
  await lock(node);
  return node;
}

function asked(node: ChrootNode): readonly string[] {
  return calls(node).map((call) => call.replace(/ with.*/u, ''));
}

const restart = `restart --no-block -- ${unit}`;

describe.each(shells)('a restart under %s', (shell) => {
  it('starts the unit again once, waits for it, and undo starts it once more', async () => {
    const node = await lockedNode({ behaviour: 'slow' }, shell);
    const spec = serviceAction({ daemonReload: true });

    expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).toBe('untouched');
    expect(await perform(kind.apply(spec), contextOf(node, { timing: hurried }))).toEqual([
      'prepare done',
      'restart done',
      'verify done',
    ]);
    expect([pidOf(node), asked(node)]).toEqual([101, ['daemon-reload', restart]]);
    expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).toBe('applied');

    expect(await perform(kind.apply(spec), contextOf(node, { timing: hurried }))).toEqual([
      'prepare already',
      'restart already',
      'verify done',
    ]);
    expect(pidOf(node)).toBe(101);

    expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried }))).toEqual(['undo done']);
    expect([pidOf(node), asked(node)]).toEqual([102, ['daemon-reload', restart, 'daemon-reload', restart]]);
    expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).toBe('undone');
    expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried }))).toEqual(['undo already']);
    expect(await perform(kind.apply(spec), contextOf(node, { timing: hurried }))).toEqual([
      'prepare refused RUN_UNDONE_ON_NODE',
    ]);
    expect(pidOf(node)).toBe(102);
  });

  it.each<[UnitFixture, string]>([
    [{ load: 'not-found' }, 'UNIT_CHANGED_SINCE_PLAN'],
    [{ load: 'masked' }, 'UNIT_CHANGED_SINCE_PLAN'],
    [{ fragment: '/etc/systemd/system/demo.service' }, 'UNIT_CHANGED_SINCE_PLAN'],
    [{ active: 'inactive', sub: 'dead' }, 'UNIT_NOT_RUNNING'],
    [{ active: 'activating', sub: 'auto-restart' }, 'UNIT_NOT_RUNNING'],
  ])('is refused for %o, and leaves nothing behind', async (fixture, code) => {
    const node = await lockedNode(fixture, shell);

    expect(await perform(kind.apply(serviceAction()), contextOf(node, { timing: hurried }))).toEqual([
      `prepare refused ${code}`,
    ]);
    expect(existsSync(node.path(`/var/lib/nodemend/runs/${run}`))).toBe(false);
    expect(calls(node)).toEqual([]);
  });
});

test('a node without systemd is told so', async () => {
  const node = await lockedNode();
  rmSync(node.path('/run/systemd'), { recursive: true });
  const spec = serviceAction();

  expect(await perform(kind.apply(spec), contextOf(node, { timing: hurried }))).toEqual([
    'prepare refused SYSTEMD_MISSING',
  ]);
  await expect(kind.inspect(spec, contextOf(node, { timing: hurried }))).rejects.toThrow(
    expect.objectContaining({ code: 'SYSTEMD_MISSING' }),
  );
  expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried })), 'there is nothing to undo').toEqual([
    'undo already',
  ]);
});

test.each<[NonNullable<UnitFixture['behaviour']>, RegExp]>([
  ['dies', /did not come up: activating \(auto-restart\), exit-code/],
  ['never', /not up after \d+ seconds: active/],
  ['flap', /again and again/],
])(
  'a unit that %s does not count as restarted, and undo starts it with what was put back',
  async (behaviour, words) => {
    const node = await lockedNode({ behaviour });
    const spec = serviceAction();
    const steps = kind.apply(spec);

    expect(await steps[0]!.perform(contextOf(node, { timing: hurried }))).toMatchObject({ outcome: 'done' });
    expect(await steps[1]!.perform(contextOf(node, { timing: hurried }))).toMatchObject({
      outcome: 'rejected',
      code: 'UNIT_NOT_UP',
      detail: expect.stringMatching(words) as string,
    });
    expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).not.toBe(
      behaviour === 'flap' ? 'staged' : 'applied',
    );

    putUnit(node, { active: behaviour === 'dies' ? 'failed' : 'active' });
    const isUntouched = behaviour === 'never';
    expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried }))).toEqual([
      isUntouched ? 'undo already' : 'undo done',
    ]);
    expect(asked(node)).toEqual(isUntouched ? [restart] : [restart, restart]);
  },
);

test('systemctl that refuses is an error, and nothing was restarted', async () => {
  const node = await lockedNode({ behaviour: 'broken' });
  const spec = serviceAction();
  const steps = kind.apply(spec);
  await steps[0]!.perform(contextOf(node, { timing: hurried }));

  await expect(steps[1]!.perform(contextOf(node, { timing: hurried }))).rejects.toThrow(
    new NodemendError('RESTART_COMMAND_FAILED', { node: 'worker-1', words: 'Failed to restart: Access denied' }),
  );
  expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).toBe('staged');
  expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried }))).toEqual(['undo already']);
});

test('undo does not start what somebody stopped since, and needs no unit that is gone', async () => {
  for (const since of [
    { active: 'inactive', sub: 'dead' },
    { load: 'not-found', active: 'inactive', sub: 'dead' },
  ] as const) {
    const node = await lockedNode();
    const spec = serviceAction();
    await perform(kind.apply(spec), contextOf(node, { timing: hurried }));
    putUnit(node, since);

    expect(await kind.inspect(spec, contextOf(node, { timing: hurried }))).toBe('moved');
    expect(await perform(kind.undo(spec), contextOf(node, { timing: hurried }))).toEqual(['undo already']);
    expect(asked(node)).toEqual([restart]);
  }
});

describe('an undo that was cut short', () => {
  async function restarted(): Promise<ChrootNode> {
    const node = await lockedNode();
    await perform(kind.apply(serviceAction()), contextOf(node, { timing: hurried }));
    return node;
  }

  test('before systemd took the request is asked for again', async () => {
    const node = await restarted();
    putUnit(node, { behaviour: 'broken' });
    await expect(perform(kind.undo(serviceAction()), contextOf(node, { timing: hurried }))).rejects.toThrow(
      expect.objectContaining({ code: 'RESTART_COMMAND_FAILED' }),
    );
    expect(await kind.inspect(serviceAction(), contextOf(node, { timing: hurried }))).toBe('applied');

    putUnit(node);
    expect(await perform(kind.undo(serviceAction()), contextOf(node, { timing: hurried }))).toEqual(['undo done']);
    expect(pidOf(node)).toBe(102);
  });

  test('behind the request restarts no second time', async () => {
    const node = await restarted();
    const connection = node.connect();
    const dying = {
      ...connection,
      exec: (request: ExecRequest) =>
        request.script.includes('state.sh UNIT') ? Promise.reject(new Error('killed')) : connection.exec(request),
    };
    await expect(
      perform(kind.undo(serviceAction()), contextOf(node, { timing: hurried, connection: dying })),
    ).rejects.toThrow('killed');
    expect([pidOf(node), await kind.inspect(serviceAction(), contextOf(node, { timing: hurried }))]).toEqual([
      102,
      'undone',
    ]);

    expect(await perform(kind.undo(serviceAction()), contextOf(node, { timing: hurried }))).toEqual(['undo done']);
    expect(pidOf(node)).toBe(102);
  });
});

test('a connection that breaks while the unit restarts is not an answer: it may be what was restarted', async () => {
  const node = await lockedNode({ behaviour: 'slow' });
  const connection = node.connect();
  let broken = 3;
  const exec = (request: ExecRequest): Promise<ExecResult> => {
    if (!request.script.includes('state.sh UNIT') || broken === 0) return connection.exec(request);
    broken -= 1;
    return Promise.reject(new NodemendError('POD_CONNECTION_LOST', { node: 'worker-1', problem: 'closed' }));
  };

  expect(
    await perform(
      kind.apply(serviceAction()),
      contextOf(node, { timing: hurried, connection: { ...connection, exec } }),
    ),
  ).toEqual(['prepare done', 'restart done', 'verify done']);
  expect([broken, pidOf(node)]).toEqual([0, 101]);
});

test('a run that lost the node restarts nothing', async () => {
  const node = await lockedNode();
  const spec = serviceAction();
  const steps = kind.apply(spec);
  await steps[0]!.perform(contextOf(node, { timing: hurried }));
  await lock(node, { session: 'e5f6a7b8', takeOver: true });

  expect(await steps[1]!.perform(contextOf(node, { timing: hurried }))).toMatchObject({
    outcome: 'refused',
    code: 'NODE_LOCK_LOST',
  });
  expect(calls(node)).toEqual([]);
});

test('the record says what was restarted, and is kept', async () => {
  const node = await lockedNode();
  const spec = serviceAction({ verify: [{ check: 'container-logs/placed', args: ['x'] }] });
  const context = contextOf(node, {
    timing: hurried,
    check: () => ({ script: 'true', admits: () => true, judge: () => ({ ok: true, saw: 'fine' }) }),
  });
  await perform(kind.apply(spec), context);
  await unlockNode(node.connect(), run, session);

  const { records } = await readNodeMemory(node.connect(), { run, withContent: true });
  expect(records).toMatchObject([{ phase: 'kept', record: { action: spec } }]);
  expect(await kind.inspect(spec, context)).toBe('applied');
  const [folder = ''] = readdirSync(node.path(`/var/lib/nodemend/runs/${run}`));
  expect(readFileSync(node.path(`/var/lib/nodemend/runs/${run}/${folder}/activation`), 'utf8')).toBe(
    'boot-of-worker-1 100 100000\n',
  );
});
