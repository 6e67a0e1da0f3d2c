import { expect, test } from 'vitest';
import type { Finding } from '../problem.ts';
import { diagnose } from './diagnose.ts';
import { fixture } from './testing/fixture.ts';

const [before, now] = ['2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'];

function nodeFinding(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ subject }) => subject.kind === 'node');
}

test('two readings tell in how many days the ids run out', () => {
  const earlier = fixture({ ids: 20_000, folders: 400 }, [], before);
  const finding = nodeFinding(diagnose(fixture({ ids: 40_000, folders: 400, log: [] }, [], now), earlier));

  // 20,000 in a week, 25,535 left: some nine days.
  expect(finding).toMatchObject({ status: 'warn', rule: 'ids-run-out', text: { key: 'findings.ids-run-out.trend' } });
  const { from, to } = (finding?.text.params ?? {}) as { readonly from: number; readonly to: number };
  expect(from).toBeLessThan(8.94);
  expect(to).toBeGreaterThan(8.94);
  expect(to - from).toBeLessThan(2);
});

test('one reading, a reboot, a number that falls, or years that are left are not a trend', () => {
  const ids = 4_000;
  const forecastAfter = (earlier?: ReturnType<typeof fixture>): unknown => {
    const finding = nodeFinding(diagnose(fixture({ ids }, [], now), earlier));
    expect(finding).toMatchObject({ status: 'pass', rule: 'no-sign' });
    return finding && 'facts' in finding ? finding.facts?.['forecast'] : undefined;
  };
  expect(forecastAfter()).toEqual({ trend: 'unknown', because: 'one-reading' });
  expect(forecastAfter(fixture({ ids: 2_000, bootId: 'another' }, [], before))).toMatchObject({ because: 'rebooted' });
  expect(forecastAfter(fixture({ ids: 30_000 }, [], before))).toEqual({ trend: 'steady' });
  expect(forecastAfter(fixture({ ids: 2_900 }, [], before))).toMatchObject({ trend: 'grows' });
});

test('many ids whose folders could not be counted are unknown, few are not', () => {
  const many = nodeFinding(diagnose(fixture({ ids: 9_000, folders: 'timed-out' }, [])));
  const few = nodeFinding(diagnose(fixture({ ids: 900, folders: 'timed-out' }, [])));

  expect(many).toMatchObject({ status: 'unknown', reason: 'timed-out' });
  expect(few).toMatchObject({ status: 'pass', rule: 'no-sign' });
});

test('who could not make the cgroup is told: another runc cures nothing of kubelet', () => {
  const refused = (reason: string): unknown => {
    const message = 'mkdir /sys/fs/cgroup/memory/kubepods/burstable/podUID: cannot allocate memory';
    const finding = nodeFinding(diagnose(fixture({ ids: 22_563, folders: 61 }, [{ reason, message }])));
    return finding && 'facts' in finding ? finding.facts?.['refusedBy'] : undefined;
  };
  expect(refused('FailedCreatePodContainer')).toBe('kubelet');
  expect(refused('FailedCreatePodSandBox')).toBe('runtime');
});

test.each([
  // Look-alikes: an ordinary kill, a pids limit, inotify's limit, a full disk.
  'Memory cgroup out of memory: Killed process 4242 (java)',
  'fork/exec /usr/bin/runc: resource temporarily unavailable',
  'failed to create fsnotify watcher: inotify_add_watch: no space left on device',
  'write /var/lib/containerd/tmp: no space left on device',
  'open /sys/fs/cgroup/memory/kubepods/memory.kmem.limit_in_bytes: no such file or directory',
])('%s is not this trouble', (message) => {
  const findings = diagnose(fixture({}, [{ reason: 'FailedCreatePodSandBox', message }]));

  expect(nodeFinding(findings)).toMatchObject({ status: 'pass', rule: 'no-sign' });
});
