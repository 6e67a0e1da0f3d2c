import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { kinds } from '../../../lab/api/resources.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { namespace } from '../../../lab/api/testing/some-objects.ts';
import { chrootTransport } from '../../../test/chroot/chroot-transport.ts';
import type { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { bootsOf, fast, putBoots } from '../../../test/chroot/reboot-fixture.ts';
import { fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { bootTime } from '../../engine/rollout/estimate/boot-time.ts';
import type { RunEstimate } from '../../engine/rollout/estimate/estimate-run.ts';
import { someNode, somePod } from '../../engine/rollout/preflight/testing/some-cluster.ts';
import type { RunEvent } from '../../engine/run.ts';
import { carryOut } from '../runs/carry-out.ts';
import { runDependencies } from '../runs/run-dependencies.ts';
import { withOpened } from '../evidence/collect.ts';
import { openSession, type Session } from '../session/session.ts';
import { portsIn } from '../testing/ports.ts';
import { planReboots } from './plan-reboot.ts';

const makeFixture = fixtureMaker();
const folder = mkdtempSync(join(tmpdir(), 'nodemend-reboots-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const environment = { HOME: folder, XDG_STATE_HOME: folder };
const ports = { ...portsIn({ environment }), problems: [] };

function put(node: ChrootNode, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(node.path(path)), { recursive: true });
    writeFileSync(node.path(path), text, { mode: 0o755 });
  }
}

const hook = { '/etc/kernel/postinst.d/unattended-upgrades': '#!/bin/sh\n' };
/** As unattended-upgrades leaves it when a kernel was installed. */
const asked = { '/var/run/reboot-required': '', '/var/run/reboot-required.pkgs': 'linux-image-6.1.0-37-amd64\n' };

/** A node of Debian as the probe sees it; what reboots it is a stand-in. */
function debian(node: ChrootNode, files: Readonly<Record<string, string>>): void {
  putBoots(node);
  put(node, {
    '/var/lib/dpkg/status': '',
    '/proc/stat': 'cpu 1\nbtime 1000000000\n',
    '/proc/self/status': 'Name:\tsh\nUid:\t0\t0\t0\t0\n',
    '/proc/uptime': '100.00 100.00\n',
    '/proc/sys/kernel/hostname': `${node.name}\n`,
    ...files,
  });
}

test('of three nodes the one that requires it is drained, rebooted once and put back, and its reason stands on it', async () => {
  const fixture = makeFixture(['worker-1', 'worker-2', 'worker-3']);
  debian(fixture.node('worker-1'), { ...hook, ...asked });
  debian(fixture.node('worker-2'), hook);
  debian(fixture.node('worker-3'), {});
  const names = fixture.nodes.map(({ name }) => name);
  const served = await serveFake([
    ...['kube-system', 'nodemend'].map(namespace),
    ...names.map((name) => someNode({ name })),
    somePod({ name: 'web', node: 'worker-1' }),
  ] as unknown as readonly KubeObject[]);
  const marksNow = (): string | undefined => {
    const node = served.store.list(kinds.Node, '').find(({ metadata }) => metadata.name === 'worker-1');
    return (node?.metadata.annotations as Readonly<Record<string, string>> | undefined)?.['nodemend.dev/drained-by'];
  };
  const opened = await openSession({ nodes: 'worker-[1-3]' }, ports);
  const session: Session = {
    ...opened,
    openApi: async () => served.client('admin'),
    openTransport: () => chrootTransport(fixture.nodes),
  };
  const seen: string[] = [];
  const estimates: RunEstimate[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.event === 'step' && event.step === 'reboot') seen.push(marksNow() ?? 'no marks');
  };

  const ended = await withOpened(session, async (open) => {
    const change = await planReboots({ session, opened: open, ifRequired: true, reason: 'CHG-7' }, ports);
    const dependencies = runDependencies(
      { session, opened: open, rollout: { soakSeconds: 0, allow: ['reboot'] }, onEvent },
      ports,
    );
    const silent = { show: () => {}, approve: async () => {} };
    const showEstimate = (estimate: RunEstimate): void => void estimates.push(estimate);
    const unallowed = { ...dependencies, options: { ...dependencies.options, allow: [] } };
    const never = (): never => expect.unreachable('nobody is asked to approve what is not allowed');
    await expect(
      carryOut(change, { ...silent, showEstimate, dependencies: unallowed, approve: never }),
    ).rejects.toMatchObject({ code: 'DISRUPTION_NOT_ALLOWED', params: { what: 'reboot' } });
    const dry = await carryOut(change, {
      ...silent,
      showEstimate,
      dependencies: unallowed,
      approve: never,
      dryRun: true,
    });
    expect(dry).toEqual({ exitCode: 6 });
    expect(fixture.nodes.map(bootsOf)).toEqual([0, 0, 0]);
    const carried = await carryOut(change, {
      dependencies: { ...dependencies, timing: fast },
      showEstimate,
      ...silent,
    });
    return { plan: change.plan, findings: change.scope.findings, ...carried };
  });

  expect(ended.findings.map(({ status, text }) => `${status} ${text.key}`)).toEqual([
    'fail findings.required.yes',
    'pass findings.required.no',
    'unknown findings.required.no-hook',
  ]);
  expect(ended.plan.actions).toMatchObject([
    {
      node: 'worker-1',
      why: { key: 'findings.required.yesBecause', params: { packages: 'linux-image-6.1.0-37-amd64', reason: 'CHG-7' } },
    },
  ]);
  expect(estimates).toHaveLength(3);
  expect(estimates.slice(-1)).toMatchObject([{ batches: [[{ node: 'worker-1', drain: { pods: 1, seconds: 30 } }]] }]);
  // One node of three nobody knows: it is not done.
  expect(ended).toMatchObject({ exitCode: 6, result: { verdict: 'done' } });
  expect(fixture.nodes.map(bootsOf)).toEqual([1, 0, 0]);
  expect(seen.map((marks) => (JSON.parse(marks) as { readonly reason?: string }).reason)).toEqual(['CHG-7']);
  expect(marksNow()).toBeUndefined();
  expect((await bootTime(journalStore(runsFolder(environment)))).measured).toBe(1);
});
