import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

/** Of an operation the action that a plan has: a restart alone disrupts. */
export function serviceAction(change: Partial<ServiceAction> = {}): ServiceAction {
  return {
    kind: 'service',
    id: `service:worker-1:${unit}`,
    problem: 'container-logs',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.restart', params: {} },
    operation: 'restart',
    ...('operation' in change && change.operation !== 'restart' ? {} : { disrupts: 'restart' as const }),
    unit,
    fragment,
    daemonReload: false,
    verify: [],
    ...change,
  };
}

/** Folders of links, as a node has them: nothing starts the unit at boot. */
export function putLinks(node: ChrootNode): void {
  const folder = node.path('/etc/systemd/system');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'sockets.target.wants'), { recursive: true });
  symlinkSync('/lib/systemd/system/other.socket', join(folder, 'sockets.target.wants/other.socket'));
  mkdirSync(node.path('/lib/systemd/system'), { recursive: true });
  writeFileSync(
    node.path(fragment),
    '[Install]\nWantedBy=multi-user.target\nAlso=demo.socket\nAlias=dbus-demo.service\n',
  );
}

/** Every link and folder below, a line each. */
export function linksOf(node: ChrootNode): readonly string[] {
  const folder = '/etc/systemd/system';
  return readdirSync(node.path(folder), { recursive: true, encoding: 'utf8' }).toSorted();
}

export interface UnitFixture {
  readonly load?: string;
  readonly active?: string;
  readonly sub?: string;
  readonly fragment?: string;
  /**
   * What becomes of a restart: it works, the process dies, or dies of the file `new`, nothing happens, systemd refuses,
   * it takes a while, it flaps, systemd does not read its units again.
   */
  readonly behaviour?: 'works' | 'dies' | 'picky' | 'never' | 'broken' | 'slow' | 'flap' | 'unreloadable';
}

/** Gives a node a stand-in for systemd with one unit that runs. */
export function putUnit(node: ChrootNode, fixture: UnitFixture = {}): void {
  const { load = 'loaded', active = 'active', sub = 'running', behaviour = 'works' } = fixture;
  const pid = existsSync(node.path('/tmp/unit/unit')) ? pidOf(node) : 100;
  for (const folder of ['/run/systemd/system', '/tmp/unit', '/etc']) mkdirSync(node.path(folder), { recursive: true });
  rmSync(node.path('/usr/bin/systemctl'), { force: true });
  copyFileSync(join(import.meta.dirname, 'stand-in-systemctl.sh'), node.path('/usr/bin/systemctl'));
  chmodSync(node.path('/usr/bin/systemctl'), 0o755);
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

/** Links that somebody else makes, by the stand-in. */
export function enableUnit(node: ChrootNode): void {
  node.outside('chroot', node.root, '/usr/bin/systemctl', 'enable', '--', unit);
}

/** What was asked of the stand-in, in order. */
export function calls(node: ChrootNode): readonly string[] {
  const file = node.path('/tmp/unit/calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}
