import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceAction } from '../../src/actions/service/service-action.ts';
import { systemTiming, type Timing } from '../../src/kubernetes/timing.ts';
import type { ChrootNode } from './chroot-node.ts';

/**
 * The system's clock, a hundred times as fast, because the stand-in needs no time: five minutes of patience are three
 * seconds.
 */
export const hurried: Timing = {
  ...systemTiming,
  monotonicMs: () => performance.now() * 100,
  sleep: (ms, signal) => systemTiming.sleep(ms / 100, signal),
};

export const unit = 'demo.service';
const fragment = '/lib/systemd/system/demo.service';

export function serviceAction(change: Partial<ServiceAction> = {}): ServiceAction {
  return {
    kind: 'service',
    id: `service:worker-1:${unit}`,
    problem: 'container-logs',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.restart', params: {} },
    operation: 'restart',
    disrupts: 'restart',
    unit,
    fragment,
    daemonReload: false,
    verify: [],
    ...change,
  };
}

export interface UnitFixture {
  readonly load?: string;
  readonly active?: string;
  readonly sub?: string;
  readonly fragment?: string;
  /**
   * What becomes of a restart: it works, the process dies, or dies of the file `new`, nothing happens, systemd refuses,
   * it takes a while, it flaps.
   */
  readonly behaviour?: 'works' | 'dies' | 'picky' | 'never' | 'broken' | 'slow' | 'flap';
}

/** Gives a node a stand-in for systemd with one unit that runs. */
export function putUnit(node: ChrootNode, fixture: UnitFixture = {}): void {
  const { load = 'loaded', active = 'active', sub = 'running', behaviour = 'works' } = fixture;
  const pid = existsSync(node.path('/tmp/unit/unit')) ? pidOf(node) : 100;
  for (const folder of ['/run/systemd/system', '/tmp/unit', '/etc']) mkdirSync(node.path(folder), { recursive: true });
  rmSync(node.path('/usr/bin/systemctl'), { force: true });
  copyFileSync(join(import.meta.dirname, 'stand-in-systemctl.sh'), node.path('/usr/bin/systemctl'));
  node.outside('chmod', '755', node.path('/usr/bin/systemctl'));
  const lines = [
    `load=${load}`,
    `active=${active}`,
    `sub=${sub}`,
    `pid=${pid}`,
    `fragment=${fixture.fragment ?? fragment}`,
    `behaviour=${behaviour}`,
    'result=success',
  ];
  writeFileSync(node.path('/tmp/unit/unit'), `${lines.join(' ')}\n`);
}

/** Process id of the unit: one more after each restart. */
export function pidOf(node: ChrootNode): number {
  return Number(/pid=(\d+)/u.exec(readFileSync(node.path('/tmp/unit/unit'), 'utf8'))?.[1]);
}

/** What was asked of the stand-in, in order. */
export function calls(node: ChrootNode): readonly string[] {
  const file = node.path('/tmp/unit/calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}
