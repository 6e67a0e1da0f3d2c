import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import { diagnose } from './diagnose.ts';
import { containerLogs } from './problem.ts';
import { fixtureEvidence } from './testing/fixture.ts';
import { fixtureRoot } from './testing/fixture-root.ts';
import fixtureScript from './testing/fixture.sh?raw';

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

const ofKubelet = ['rule-fights-kubelet', 'rule-without-effect'];
const ofSmallDisk = 'disk-over-threshold';
const fixtureOf = (fault: string): string =>
  fault === ofSmallDisk
    ? 'pass-rule-ok-small-disk'
    : ofKubelet.includes(fault)
      ? 'pass-kubelet-rotates'
      : 'pass-rule-ok';

describe.each(containerLogs.meta.faults)('%s', (fault) => {
  test.each([['dash'], ['bash'], ['busybox', 'sh']])('is injected under %s, twice like once', async (...shell) => {
    root.run(fixtureScript, fixtureOf(fault), containerLogs.faultScript);
    const first = inject(fault, shell);
    const once = files();
    const second = inject(fault, shell);

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(first.stdout).toMatch(/^(removed|wrote|grew|made) /m);
    expect(files()).toBe(once);
    const findings = diagnose(await fixtureEvidence(root, '', {}, 'as-it-is'));
    const told = findings.filter(({ status }) => status !== 'pass').map(({ rule }) => rule);
    // That a small disk does not hold what its rule may keep is true as well.
    expect(told.filter((rule) => fault !== ofSmallDisk || rule !== 'docker-logs-exceed-disk')).toEqual([fault]);
  });
});

test('a container’s log is made where docker has none', () => {
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
  root.run('rm -rf /var/lib/docker/containers/*');
  expect(inject('rule-missing').stdout).toMatch(/made a container log: .*\ngrew .* to 838\d{4} bytes/);
});

test.each(containerLogs.meta.faults)('%s does nothing on a node that cannot have it, and says so', (fault) => {
  root.run(
    fixtureScript,
    ofKubelet.includes(fault) ? 'pass-rule-ok' : 'pass-kubelet-rotates',
    containerLogs.faultScript,
  );
  const before = files();

  expect(inject(fault)).toMatchObject({ status: 69, stdout: '', stderr: expect.stringContaining('docker') });
  expect(files()).toBe(before);
});

test('a fault that it does not know is an error, and the first one is the default', () => {
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);

  expect(inject('rule-nosuch')).toMatchObject({ status: 2, stderr: 'no fault is called rule-nosuch\n' });
  expect(inject().stdout).toBe(
    'removed /etc/logrotate.d/docker\n' +
      `grew /var/lib/docker/containers/${'1'.repeat(64)}/${'1'.repeat(64)}-json.log to ` +
      `${root.run(`stat -c %s /var/lib/docker/containers/1*/*-json.log`).trim()} bytes\n`,
  );
});

function inject(
  fault?: string,
  shell: readonly string[] = ['/bin/sh'],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [program = '', ...before] = root.enter;
  return spawnSync(
    program,
    [...before, ...shell, '-c', containerLogs.faultScript, 'sh', ...(fault === undefined ? [] : [fault])],
    { encoding: 'utf8' },
  );
}

function files(): string {
  return root.run(
    'find /etc/logrotate.d /etc/logrotate.conf /var/lib/docker -printf "%p %m %s %U\\n" 2>/dev/null | sort',
  );
}
