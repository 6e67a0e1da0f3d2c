import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RebootAction } from '../../src/actions/reboot/reboot-action.ts';
import { systemTiming, type Timing } from '../../src/kubernetes/timing.ts';
import type { ChrootNode } from './chroot-node.ts';

export const nokmem = 'cgroup.memory=nokmem';
const bootIdFile = '/proc/sys/kernel/random/boot_id';
const plainCommandLine = 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet';

export function rebootAction(node: ChrootNode, change: Partial<RebootAction> = {}): RebootAction {
  return {
    kind: 'reboot',
    id: `reboot:${node.name}`,
    problem: 'kernel-memory',
    node: node.name,
    cures: ['0123456789ab'],
    why: { key: 'plan.reboot', params: {} },
    disrupts: 'reboot',
    bootId: bootIdOf(node),
    inForce: [{ argument: nokmem, present: true }],
    withinSeconds: 60,
    ...change,
  };
}

/** The system's clock, thirty times as fast: the minute that a stand-in is given is two seconds. */
export const fast: Timing = {
  ...systemTiming,
  monotonicMs: () => performance.now() * 30,
  sleep: (ms, signal) => systemTiming.sleep(ms / 30, signal),
};

export interface BootFixture {
  /** `reboot(8)` alone, or systemd's. */
  readonly init?: 'systemd' | 'other';
  /** What the command does: `deaf` says that it will and does not, `refused` fails. */
  readonly behaviour?: 'works' | 'deaf' | 'refused';
  /** The numbers of the boots that have the argument; the first boot without it is 2. */
  readonly withArgument?: readonly number[];
}

/** Gives a node stand-ins for what reboots it; nothing in the root can then reach a real one. */
export function putBoots(node: ChrootNode, fixture: BootFixture = {}): void {
  const { init = 'systemd', behaviour = 'works', withArgument = [1] } = fixture;
  putPrograms(node);
  for (const folder of ['/tmp/boots', '/run/systemd']) rmSync(node.path(folder), { recursive: true, force: true });
  for (const folder of ['/tmp/boots', ...(init === 'systemd' ? ['/run/systemd/system'] : [])])
    mkdirSync(node.path(folder), { recursive: true });
  if (behaviour !== 'works') writeFileSync(node.path(`/tmp/boots/${behaviour}`), '');
  putCommandLines(node, withArgument);
  mkdirSync(node.path(dirname(bootIdFile)), { recursive: true });
  writeFileSync(node.path('/proc/cmdline'), `${plainCommandLine}\n`);
  writeFileSync(node.path(bootIdFile), `${node.bootId}\n`);
}

/** Of the boots to come. */
function putCommandLines(node: ChrootNode, withArgument: readonly number[]): void {
  for (const boot of [1, 2, 3, 4])
    writeFileSync(
      node.path(`/tmp/boots/cmdline-${boot}`),
      `${[plainCommandLine, ...(withArgument.includes(boot) ? [nokmem] : [])].join(' ')}\n`,
    );
}

/** Also a sleep that makes the moment before a reboot a short one; busybox's shell has its own. */
function putPrograms(node: ChrootNode): void {
  for (const name of ['systemctl', 'reboot']) {
    const program = node.path(`/usr/bin/${name}`);
    rmSync(program, { force: true });
    copyFileSync(join(import.meta.dirname, 'stand-in-reboot.sh'), program);
    node.outside('chmod', '755', program);
  }
  if (existsSync(node.path('/usr/bin/unhurried-sleep')) || existsSync(node.path('/usr/bin/busybox'))) return;
  renameSync(node.path('/usr/bin/sleep'), node.path('/usr/bin/unhurried-sleep'));
  writeFileSync(node.path('/usr/bin/sleep'), '#!/bin/sh\nexec /usr/bin/unhurried-sleep 0.05\n', { mode: 0o755 });
}

export function bootIdOf(node: ChrootNode): string {
  return existsSync(node.path(bootIdFile)) ? readFileSync(node.path(bootIdFile), 'utf8').trim() : '';
}

/** How often it was rebooted, by whomever. */
export function bootsOf(node: ChrootNode): number {
  return Number(/^boot-(\d)$/u.exec(bootIdOf(node))?.[1] ?? 0);
}

export function commandLineOf(node: ChrootNode): string {
  return readFileSync(node.path('/proc/cmdline'), 'utf8').trim();
}

/** What a person does with a node that hangs: it is rebooted, unless it does so by itself. */
export async function rebootByHand(node: ChrootNode): Promise<void> {
  const before = bootsOf(node);
  await systemTiming.sleep(1_500);
  if (bootsOf(node) !== before) return;
  const next = before + 1;
  copyFileSync(node.path(`/tmp/boots/cmdline-${next}`), node.path('/proc/cmdline'));
  writeFileSync(node.path(bootIdFile), `boot-${next}\n`);
}
