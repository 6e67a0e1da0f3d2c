import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../kubernetes/api.ts';
import { alertBlockers } from './alerts.ts';
import { kuredBlockers, maintenanceBlocker, rancherBlockers } from './other-tools.ts';
import { mixedKubelets } from './kubelet-versions.ts';
import { parseWindow, windowBlockers } from './window.ts';
import { instantOf, localTime } from './zone-time.ts';

describe('a firing alert', () => {
  const all = { alertFilterRegexp: undefined, alertFilterMatchOnly: false, alertFiringOnly: false };
  // Of Prometheus' HTTP API ("Querying", instant vectors).
  const series = (alertname: string, value = '1'): Json => ({
    metric: { __name__: 'ALERTS', alertname, alertstate: 'firing', severity: 'critical' },
    value: [1_764_500_000.1, value],
  });
  const answer = (...result: readonly Json[]): Json => ({ status: 'success', data: { resultType: 'vector', result } });

  test('stops a rollout by its name, each once; a series of 0 and one that is ignored do not', () => {
    const body = answer(series('EtcdDown'), series('EtcdDown'), series('Watchdog'), series('Old', '0'));
    expect(alertBlockers({ known: true, body }, { ...all, alertFilterRegexp: '^Watchdog$' })).toEqual([
      { by: 'alerts', alerts: ['EtcdDown'] },
    ]);
    expect(alertBlockers({ known: true, body: answer() }, all)).toEqual([]);
  });

  test('is filtered as kured does: what matches is left out, or all else is; pending ones count unless they are not to', () => {
    const pending = { metric: { alertname: 'Slow', alertstate: 'pending' }, value: [1, '1'] };
    const body = answer(series('EtcdDown'), series('Watchdog'), pending);
    const by = (filter: object): unknown => alertBlockers({ known: true, body }, { ...all, ...filter });
    expect(by({})).toEqual([{ by: 'alerts', alerts: ['EtcdDown', 'Slow', 'Watchdog'] }]);
    expect(by({ alertFiringOnly: true })).toEqual([{ by: 'alerts', alerts: ['EtcdDown', 'Watchdog'] }]);
    expect(by({ alertFilterRegexp: '^Etcd', alertFilterMatchOnly: true })).toEqual([
      { by: 'alerts', alerts: ['EtcdDown'] },
    ]);
  });

  test.each([
    ['a query that failed', { status: 'error', errorType: 'bad_data', error: 'parse error' }, 'parse error'],
    [
      'a part of the sources',
      { status: 'success', warnings: ['store a is gone'], data: {} },
      'incomplete: store a is gone',
    ],
    ['another shape', { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } }, 'no vector'],
    ['a page of somebody else', 'login please', 'no success'],
    ['nothing', null, 'no success'],
  ])('%s stops it', (_what, body, reason) =>
    expect(alertBlockers({ known: true, body }, all)).toMatchObject([{ by: 'unknown', asked: 'alerts', reason }]),
  );

  test('no answer stops it', () =>
    expect(alertBlockers({ known: false, reason: 'refused', said: { key: 'prometheus.refused' } }, all)).toMatchObject([
      { by: 'unknown', asked: 'alerts', reason: 'refused' },
    ]));
});

describe('other tools that are at work on nodes', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  const locked = (value: unknown): Parameters<typeof kuredBlockers>[0] => ({
    metadata: {
      namespace: 'kube-system',
      name: 'kured',
      annotations: { 'weave.works/kured-node-lock': typeof value === 'string' ? value : JSON.stringify(value) },
    },
  });
  // As kured writes it (pkg/daemonsetlock, LockAnnotationValue and multiLockAnnotationValue); TTL is a Go Duration.
  const lock = (nodeID: string, created: string, TTL = 0): object => ({
    nodeID,
    metadata: { unschedulable: false },
    created,
    TTL,
  });
  const hour = 3600e9;

  test('kured holds its lock until it lets go, or until its TTL is over', () => {
    const held = { by: 'kured', daemonSet: 'kube-system/kured', node: 'a' };
    expect(kuredBlockers(locked(lock('a', '2020-01-01T00:00:00Z')), now)).toEqual([held]);
    expect(kuredBlockers(locked(lock('a', '2026-11-30T11:30:00Z', hour)), now)).toEqual([held]);
    expect(kuredBlockers(locked(lock('a', '2026-11-30T10:30:00Z', hour)), now)).toEqual([]);
    const several = {
      maxOwners: 2,
      locks: [lock('a', '2026-11-30T11:59:00Z'), lock('b', '2026-11-30T10:00:00Z', hour)],
    };
    expect(kuredBlockers(locked(several), now)).toEqual([held]);
    expect(kuredBlockers(locked({ maxOwners: 2, locks: null }), now)).toEqual([]);
    expect(kuredBlockers({ metadata: { namespace: 'kube-system', name: 'kured' } }, now)).toEqual([]);
  });

  test.each(['', 'x', '{}', '{"nodeID":"a"}', '[]', '{"locks":[{}]}'])('a lock that reads %j is unknown', (value) =>
    expect(kuredBlockers(locked(value), now)).toMatchObject([{ by: 'unknown', asked: 'kured' }]),
  );

  test('a NodeMaintenance', () =>
    expect(maintenanceBlocker({ metadata: { name: 'fans' }, spec: { nodeName: 'b', reason: 'fans' } })).toEqual({
      by: 'node-maintenance',
      name: 'fans',
      node: 'b',
    }));

  test('an upgrade of Rancher, until its job has ended', () => {
    const labels = { 'upgrade.cattle.io/plan': 'k3s-agent', 'upgrade.cattle.io/node': 'c' };
    const job = (status: Json): Parameters<typeof rancherBlockers>[0] => ({
      metadata: { namespace: 'system-upgrade', name: 'apply-k3s-agent-on-c', labels },
      status,
    });
    const blocks = [
      { by: 'rancher-upgrade', job: 'system-upgrade/apply-k3s-agent-on-c', plan: 'k3s-agent', node: 'c' },
    ];
    expect(rancherBlockers(job({ active: 1 }))).toEqual(blocks);
    expect(rancherBlockers(job({}))).toEqual(blocks);
    expect(rancherBlockers(job({ conditions: [{ type: 'Complete', status: 'True' }] }))).toEqual([]);
    expect(rancherBlockers(job({ conditions: [{ type: 'Failed', status: 'True' }] }))).toEqual([]);
    expect(rancherBlockers({ metadata: { name: 'backup', labels: { app: 'backup' } }, status: { active: 1 } })).toEqual(
      [],
    );
  });

  test('kubelets of two versions in one node group, unless it is named', () => {
    const nodes = [
      { name: 'a', group: 'blue', kubeletVersion: 'v1.34.4' },
      { name: 'b', group: 'blue', kubeletVersion: 'v1.33.1' },
      { name: 'c', group: undefined, kubeletVersion: 'v1.30.0' },
    ];
    const mixed = [{ by: 'mixed-kubelets', group: 'blue', versions: ['v1.33.1', 'v1.34.4'] }];
    expect(mixedKubelets(nodes, [])).toEqual(mixed);
    expect(mixedKubelets(nodes, ['blue'])).toEqual([]);
    expect(mixedKubelets([...nodes, { name: 'd', group: 'red', kubeletVersion: '' }], ['blue'])).toEqual([
      { by: 'unknown', asked: 'kubelet-versions', reason: 'd tells no version', said: expect.anything() },
    ]);
  });
});

describe('the window', () => {
  const night = parseWindow('Mon-Fri 22:00-04:00 Asia/Seoul')!;
  const at = (iso: string): number => Date.parse(iso);
  const minute = 60_000;

  test('opens on its days in its own time zone, and lasts past midnight', () => {
    expect(night).toEqual({ days: [1, 2, 3, 4, 5], start: 1320, end: 240, timeZone: 'Asia/Seoul' });
    // Monday 30 November 2026, 21:59, 22:00 and, Tuesday, 03:00 in Seoul.
    expect(windowBlockers(night, at('2026-11-30T12:59:00Z'), minute)).toEqual([
      { by: 'window', why: 'closed', opensAt: at('2026-11-30T13:00:00Z') },
    ]);
    expect(windowBlockers(night, at('2026-11-30T13:00:00Z'), minute)).toEqual([]);
    expect(windowBlockers(night, at('2026-11-30T18:00:00Z'), minute)).toEqual([]);
    // Of Friday's window there is the rest on Saturday; on Saturday none opens.
    expect(windowBlockers(night, at('2026-12-04T18:00:00Z'), minute)).toEqual([]);
    expect(windowBlockers(night, at('2026-12-05T13:30:00Z'), minute)).toEqual([
      { by: 'window', why: 'closed', opensAt: at('2026-12-07T13:00:00Z') },
    ]);
  });

  test('begins no node that cannot be done in it', () => {
    const half = at('2026-11-30T18:30:00Z');
    expect(windowBlockers(night, half, 30 * minute)).toEqual([]);
    expect(windowBlockers(night, half, 30 * minute + 1)).toEqual([
      { by: 'window', why: 'too-short', opensAt: at('2026-12-01T13:00:00Z') },
    ]);
  });

  test('is as long as the clocks make it', () => {
    // In New York 02:00 of 8 March 2026 is left out, and 01:30 of 1 November comes twice.
    const sunday = parseWindow('Sun 01:00-04:00 America/New_York')!;
    expect(windowBlockers(sunday, at('2026-03-08T06:00:00Z'), 120 * minute)).toEqual([]);
    expect(windowBlockers(sunday, at('2026-03-08T06:00:00Z'), 121 * minute)).toMatchObject([{ why: 'too-short' }]);
    expect(windowBlockers(sunday, at('2026-11-01T05:00:00Z'), 240 * minute)).toEqual([]);
  });

  test.each([
    ['22:00-04:00 UTC', [0, 1, 2, 3, 4, 5, 6]],
    ['sat,SUN 00:00-23:59 Europe/Berlin', [0, 6]],
    ['Fri-Mon 10:00-12:00 UTC', [0, 1, 5, 6]],
  ])('%s', (written, days) => expect(parseWindow(written)?.days).toEqual(days));

  test.each([
    '',
    '22:00-04:00',
    'Mon 22:00-04:00',
    'Mon 22-04 UTC',
    'Mon 24:00-04:00 UTC',
    'Mon 22:60-04:00 UTC',
    'Moon 22:00-04:00 UTC',
    'Mon--Fri 22:00-04:00 UTC',
    'Mon 22:00-04:00 Asia/Nowhere',
  ])('%j is none', (written) => expect(parseWindow(written)).toBeUndefined());
});

describe('local times', () => {
  // By GNU date: TZ=Asia/Seoul date -d @1772952900 '+%Y-%m-%d %H:%M' (coreutils 9.1, tzdata of Debian 12).
  test.each([
    ['Asia/Seoul', 1772952900, '2026-03-08 15:55'],
    ['Asia/Seoul', 1793512200, '2026-11-01 14:50'],
    ['Asia/Seoul', 1774746000, '2026-03-29 10:00'],
    ['America/New_York', 1772952900, '2026-03-08 01:55'],
    ['America/New_York', 1793512200, '2026-11-01 01:50'],
    ['America/New_York', 1774746000, '2026-03-28 21:00'],
    ['Australia/Lord_Howe', 1772952900, '2026-03-08 17:55'],
    ['Australia/Lord_Howe', 1793512200, '2026-11-01 16:50'],
    ['Australia/Lord_Howe', 1774746000, '2026-03-29 12:00'],
    ['Asia/Kathmandu', 1772952900, '2026-03-08 12:40'],
    ['Asia/Kathmandu', 1793512200, '2026-11-01 11:35'],
    ['Asia/Kathmandu', 1774746000, '2026-03-29 06:45'],
  ])('of %s at %i are those of date(1)', (timeZone, seconds, said) => {
    const { year, month, day, hour, minute } = localTime(seconds * 1000, timeZone);
    const two = (part: number): string => String(part).padStart(2, '0');
    expect(`${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`).toBe(said);
  });

  test('lead back to their instant, and of an hour that comes twice to the first', () => {
    const zones = ['Asia/Seoul', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 25_000_000, max: 33_000_000 }), (timeZone, minutes) => {
        const instant = minutes * 60_000;
        const found = instantOf(localTime(instant, timeZone), timeZone);
        expect([0, 30, 60]).toContain((instant - found) / 60_000);
        expect(localTime(found, timeZone)).toEqual(localTime(instant, timeZone));
      }),
    );
  });
});
