import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chrootTransport } from '../../../test/chroot/chroot-transport.ts';
import { planFor } from '../../../test/chroot/rollout-fixture.ts';
import { fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { testProblem } from '../../../test/chroot/test-problem.ts';
import { withOpened } from '../evidence/collect.ts';
import { openSession, type Session } from '../session/session.ts';
import { portsIn } from '../testing/ports.ts';
import { carryOut } from './carry-out.ts';
import { resume, undo } from './run-again.ts';
import { runDependencies } from './run-dependencies.ts';
import { verify } from './verify.ts';

const makeFixture = fixtureMaker();
const folder = mkdtempSync(join(tmpdir(), 'nodemend-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ports = { ...portsIn({ environment: { HOME: folder, XDG_STATE_HOME: folder } }), problems: [testProblem] };

/** As an operator would: no command line, nobody at a terminal; nodes are real roots. */
test('a plan is carried out, verified and undone through the use-cases alone', async () => {
  const fixture = makeFixture(['worker-1', 'worker-2']);
  writeFileSync(
    join(folder, 'hosts'),
    fixture.nodes.map(({ name }, index) => `${name} 192.0.2.${index + 1}\n`).join(''),
  );
  const opened = await openSession({ hosts: join(folder, 'hosts') }, ports);
  const session: Session = { ...opened, openTransport: () => chrootTransport(fixture.nodes) };
  const plan = planFor(fixture.nodes);
  const asked: string[] = [];
  const events: string[] = [];
  const onEvent = ({ event }: { readonly event: string }): void => void events.push(event);

  const applied = await withOpened(session, async (open) => {
    const found = await session.findNodes(open.api, ports.interrupt);
    const dependencies = runDependencies({ session, opened: open, rollout: { soakSeconds: 0 }, onEvent }, ports);
    return carryOut(
      { ...found, plan, nks: false },
      {
        dependencies,
        show: ({ plan: { actions } }) => void asked.push(`${actions.length} actions shown`),
        showEstimate: () => void asked.push('nothing is rebooted, and nobody asked'),
        approve: async ({ hash }) => void asked.push(hash),
      },
    );
  });

  expect(asked).toEqual(['2 actions shown', plan.hash]);
  expect(applied).toMatchObject({ exitCode: 0, result: { verdict: 'done' } });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
  expect(events).toContain('step-ended');

  const run = applied.result?.run ?? '';
  expect((await verify(run, session, ports)).verifications.map(({ node }) => node)).toEqual(['worker-1', 'worker-2']);

  const undone = await withOpened(session, (open) =>
    undo(
      { session, opened: open, run, onEvent, approve: async ({ proposal }) => void asked.push(proposal.kind) },
      ports,
    ),
  );

  expect(asked.at(-1)).toBe('undo');
  expect(undone).toMatchObject({ verdict: 'done', exitCode: 0 });
  expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
});

test('a run that was interrupted is gone on with', async () => {
  const fixture = makeFixture(['worker-1', 'worker-2']);
  writeFileSync(join(folder, 'more'), 'worker-1 192.0.2.1\nworker-2 192.0.2.2\n');
  const opened = await openSession({ hosts: join(folder, 'more') }, ports);
  const session: Session = { ...opened, openTransport: () => chrootTransport(fixture.nodes) };
  const stop = new AbortController();

  const { result } = await withOpened(session, async (open) => {
    const found = await session.findNodes(open.api, ports.interrupt);
    const onEvent = (event: { readonly event: string; readonly step?: string }): void => {
      if (event.event === 'step-ended' && event.step === 'commit') stop.abort();
    };
    const dependencies = runDependencies(
      { session, opened: open, rollout: { soakSeconds: 0 }, onEvent },
      { ...ports, interrupt: stop.signal },
    );
    const plan = planFor(fixture.nodes);
    const silent = { show: () => {}, showEstimate: () => {}, approve: async () => {} };
    return carryOut({ ...found, plan, nks: false }, { dependencies, ...silent });
  });
  expect(result).toMatchObject({ interrupted: true });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);

  const run = result?.run ?? '';
  const resumed = await withOpened(session, (open) =>
    resume({ session, opened: open, run, onEvent: () => {}, approve: async () => {} }, ports),
  );
  expect(resumed).toMatchObject({ verdict: 'done' });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
});
