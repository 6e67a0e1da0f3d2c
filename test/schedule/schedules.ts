import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployFolder } from '../deploy/shipped-files.ts';
import type { TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { openScheduleFixture, rule, type ScheduleFixture } from './fixture.ts';

interface Given {
  readonly testbed: TestTestbed;
  /** The one-file nodemend. */
  readonly program: string;
  readonly scratch: string;
  /** Waits for a Job's pod to end. */
  readonly jobEnd: (job: string) => Promise<{ readonly exitCode: number; readonly log: string }>;
}

/** A journal's entry as `journalctl -o json` has it. */
interface Entry {
  readonly MESSAGE: string;
  readonly PRIORITY: string;
}

const minuteOf = (date: Date): string => `:${String(date.getMinutes()).padStart(2, '0')}`;

/**
 * A real timer, a real cron and a real CronJob that fire, repair a node that drifted, and change nothing when more
 * drifted than was approved. The testbed has nodemend's image, a key in the secret nodemend-ssh and a configuration
 * that says `via: ssh`.
 */
export function schedulesSuite(given: () => Given): void {
  let fixture: ScheduleFixture;

  beforeAll(async () => {
    fixture = await openScheduleFixture(given().testbed, given().program);
    await given().testbed.kubectl('apply', '-f', join(deployFolder, 'nodemend-change.yaml'));
  });
  afterAll(async () => {
    await fixture?.run(
      'for name in timed wide night wide-cron; do /usr/local/bin/nodemend schedule remove $name --discard-edits || true; done',
    );
  });

  async function install(...words: readonly string[]): Promise<string> {
    const { exitCode, output } = await fixture.nodemend('schedule', 'install', '--yes', ...words);
    expect(exitCode, output).toBe(0);
    return output;
  }

  /** As if the machine had been off when the timer came up: the stamp that systemd keeps says two hours ago. */
  async function missed(name: string): Promise<void> {
    await fixture.run(
      `systemctl stop nodemend-${name}.timer; touch -d '2 hours ago' ` +
        `/var/lib/systemd/timers/stamp-nodemend-${name}.timer; systemctl start nodemend-${name}.timer`,
    );
  }

  async function journal(name: string, match: string): Promise<readonly Entry[]> {
    const lines = (
      await fixture.run(
        `journalctl --no-pager -o json --output-fields=MESSAGE,PRIORITY ${match} | grep 'nodemend schedule=${name} ' || true`,
      )
    ).trim();
    return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as Entry);
  }

  test('install shows all that it writes, and what it may do', async () => {
    // Long over, so that it does not come up by itself.
    const at = minuteOf(new Date(Date.now() - 20 * 60_000));
    const shown = await install(
      '--as',
      'systemd',
      '--name',
      'timed',
      '--every',
      'hour',
      '--at',
      at,
      '--spread',
      '0',
      '--',
      'container-logs',
      'sync',
      '--from',
      'rule',
      '--hosts',
      'one.hosts',
      '--known-hosts',
      'known_hosts',
      '--soak',
      '0',
    );
    expect(shown).toContain(
      'ExecStart=/usr/local/bin/nodemend schedule run /root/.local/state/nodemend/schedules/timed/schedule.json',
    );
    expect(shown).toMatch(/source file +\/root\/work\/rule \(SHA-256 /);
    expect(shown).toMatch(/^Installed: timed /m);
  });

  test('a systemd timer that was missed fires, and repairs the node that drifted', async () => {
    await fixture.drift(fixture.first);
    expect(await fixture.ruleOf(fixture.first)).toBe('');
    await missed('timed');
    await expect
      .poll(() => journal('timed', '-u nodemend-timed.service'), { timeout: 30_000, interval: 500 })
      .toHaveLength(1);
    const [entry] = await journal('timed', '-u nodemend-timed.service');
    expect(entry?.MESSAGE).toMatch(
      /^nodemend schedule=timed verdict=done exit=0 run=\d{8}-\d{4}-container-logs-\S+ seconds=\d+$/,
    );
    expect(entry?.PRIORITY).toBe('5');
    expect(await fixture.ruleOf(fixture.first)).toBe(rule);
    expect((await fixture.run('systemctl show nodemend-timed.service -p Result')).trim()).toBe('Result=success');
    const status = await fixture.nodemend('schedule', 'status', 'timed');
    expect(status.output).toMatch(/^timed +systemd +ready +\d{4}-\d\d-\d\d \d\d:\d\d UTC +done \(0\)/m);
    expect(status.exitCode).toBe(0);
    expect(
      await fixture.run('systemd-analyze verify --man=no nodemend-timed.service nodemend-timed.timer'),
    ).not.toContain('nodemend');
  });

  test('cron fires at its minute, and repairs it when it drifted again', async () => {
    // Time for the installations.
    const at = minuteOf(new Date(Math.ceil((Date.now() + 15_000) / 60_000) * 60_000));
    await install(
      '--as',
      'cron',
      '--name',
      'night',
      '--every',
      'hour',
      '--at',
      at,
      '--',
      'apply',
      'container-logs',
      '--from',
      'rule',
      '--hosts',
      'one.hosts',
      '--soak',
      '0',
    );
    const manifest = await fixture.nodemend(
      'schedule',
      'install',
      '--as',
      'cronjob',
      '--name',
      'night',
      '--every',
      'hour',
      '--at',
      at,
      '--out',
      'cronjob.yaml',
      '--',
      'apply',
      'container-logs',
      '--kubeconfig',
      'kubeconfig',
      '--from',
      'rule',
      '--nodes',
      fixture.second,
      '--soak',
      '0',
    );
    expect(manifest.exitCode, manifest.output).toBe(0);
    const file = join(given().scratch, 'cronjob.yaml');
    writeFileSync(file, await fixture.run('cat cronjob.yaml'));
    expect(await given().testbed.kubectl('apply', '-f', file)).toBe(
      'configmap/schedule-night created\ncronjob.batch/schedule-night created\n',
    );
    await Promise.all([fixture.drift(fixture.first), fixture.drift(fixture.second)]);
    await expect.poll(() => journal('night', '-t nodemend'), { timeout: 130_000, interval: 500 }).toHaveLength(1);
    const [entry] = await journal('night', '-t nodemend');
    expect(entry?.MESSAGE).toMatch(/^nodemend schedule=night verdict=done exit=0 run=\S+ seconds=\d+$/);
    expect(entry?.PRIORITY).toBe('5');
    expect(await fixture.ruleOf(fixture.first)).toBe(rule);
    expect(await fixture.run('cat /root/.local/state/nodemend/schedules/night/runs.log')).toContain(
      'schedule=night verdict=done',
    );
  });

  test('a CronJob fires at its minute, and repairs another', async () => {
    const jobs = async (): Promise<string> => given().testbed.kubectl('-n', 'nodemend', 'get', 'jobs', '-o', 'name');
    await expect.poll(jobs, { timeout: 90_000, interval: 500 }).toMatch(/schedule-night-\d+/);
    const [job = ''] = /schedule-night-\d+/.exec(await jobs()) ?? [];
    const { exitCode, log } = await given().jobEnd(job);
    expect(log).toMatch(/^nodemend schedule=night verdict=done exit=0 run=\S+ seconds=\d+$/m);
    expect(exitCode).toBe(0);
    expect(await fixture.ruleOf(fixture.second)).toBe(rule);
    const status = async (): Promise<string> =>
      (await fixture.nodemend('schedule', 'status', '--kubeconfig', 'kubeconfig')).output;
    await expect
      .poll(status, { timeout: 20_000, interval: 500 })
      .toMatch(/^schedule-night +cronjob +ready .* complete /m);
  });

  test('when more drifted than was approved, timer, cron and CronJob change nothing, and say so', async () => {
    // Before anything is installed: what fired between the two would find one node, and that was approved.
    await Promise.all([fixture.drift(fixture.first), fixture.drift(fixture.second)]);
    const second = new Date(Math.ceil((Date.now() + 15_000) / 60_000) * 60_000);
    const words = ['--', 'apply', 'container-logs', '--hosts', 'both.hosts', '--soak', '0'];
    await install(
      '--as',
      'cron.d',
      '--name',
      'wide-cron',
      '--every',
      'hour',
      '--at',
      minuteOf(second),
      '--cap',
      '1',
      '--on-failure',
      '/root/work/tell.sh',
      ...words,
    );
    await install(
      '--as',
      'systemd',
      '--name',
      'wide',
      '--every',
      'hour',
      '--at',
      minuteOf(new Date(Date.now() - 20 * 60_000)),
      '--spread',
      '0',
      '--cap',
      '1',
      '--on-failure',
      '/root/work/tell.sh',
      ...words,
    );
    await missed('wide');
    const manifest = await fixture.nodemend(
      'schedule',
      'install',
      '--as',
      'cronjob',
      '--name',
      'wide',
      '--every',
      'sunday',
      '--cap',
      '1',
      '--out',
      'wide.yaml',
      '--',
      'apply',
      'container-logs',
      '--kubeconfig',
      'kubeconfig',
      '--soak',
      '0',
    );
    expect(manifest.exitCode, manifest.output).toBe(0);
    const file = join(given().scratch, 'wide.yaml');
    writeFileSync(file, await fixture.run('cat wide.yaml'));
    await given().testbed.kubectl('apply', '-f', file);
    await given().testbed.kubectl('-n', 'nodemend', 'create', 'job', '--from=cronjob/schedule-wide', 'wide-now');

    const refused =
      /^nodemend schedule=wide(-cron)? verdict=refused exit=8 run=- seconds=\d+ error=APPROVAL_EXCEEDED( on-failure=called)?$/m;
    const job = await given().jobEnd('wide-now');
    // Which nodes the timer's own run found, should the Job have found another number of them.
    const timer = await fixture.run('journalctl --no-pager -o cat -u nodemend-wide.service -u nodemend-timed.service');
    expect(job.log, timer).toMatch(refused);
    expect(job.log.replaceAll(/\s+/g, ' ')).toContain(
      'The plan would change 2 of 3 nodes, more than the approved number for one run (1). Nothing was changed.',
    );
    expect(job.exitCode).toBe(8);
    await expect
      .poll(() => journal('wide', '-u nodemend-wide.service'), { timeout: 30_000, interval: 500 })
      .toEqual(
        [{ MESSAGE: expect.stringMatching(refused) as unknown, PRIORITY: '3' }].map(
          (entry) => expect.objectContaining(entry) as unknown,
        ),
      );
    // The line comes a moment before the process ends.
    await expect
      .poll(() => fixture.run('systemctl show nodemend-wide.service -p Result'), { timeout: 10_000 })
      .toBe('Result=exit-code\n');
    await expect
      .poll(async () => (await journal('wide-cron', '-t nodemend')).map(({ MESSAGE }) => MESSAGE), {
        timeout: 90_000,
        interval: 500,
      })
      .toContainEqual(expect.stringMatching(refused));
    expect((await fixture.run('sort /root/work/told')).trim()).toBe(
      'wide 8 APPROVAL_EXCEEDED\nwide-cron 8 APPROVAL_EXCEEDED',
    );
    for (const node of [fixture.first, fixture.second]) expect(await fixture.ruleOf(node), node).toBe('');
    const status = await fixture.nodemend('schedule', 'status');
    expect(status.output).toContain('wide: its last run failed with APPROVAL_EXCEEDED');
    expect(status.exitCode).toBe(3);
  });

  test('what somebody writes into the ConfigMap of a CronJob is not run', async () => {
    const read = await given().testbed.kubectl('-n', 'nodemend', 'get', 'configmap', 'schedule-wide', '-o', 'json');
    const { data } = JSON.parse(read) as { readonly data: Readonly<Record<string, string>> };
    const record = {
      ...(JSON.parse(data['schedule.json'] ?? '') as object),
      onFailure: ['/bin/sh', '-c', 'echo pwned'],
    };
    const approval = (data['approval.json'] ?? '').replace('"nodes": 1', '"nodes": 100');
    expect(approval).not.toBe(data['approval.json']);
    for (const [job, changed] of [
      ['wide-command', { 'schedule.json': JSON.stringify(record) }],
      ['wide-approval', { 'schedule.json': data['schedule.json'] ?? '', 'approval.json': approval }],
    ] as const) {
      const patch = JSON.stringify({ data: changed });
      await given().testbed.kubectl(
        '-n',
        'nodemend',
        'patch',
        'configmap',
        'schedule-wide',
        '--type=merge',
        '-p',
        patch,
      );
      await given().testbed.kubectl('-n', 'nodemend', 'create', 'job', '--from=cronjob/schedule-wide', job);
      const { exitCode, log } = await given().jobEnd(job);
      expect(log).toContain('[SCHEDULE_CHANGED]');
      expect(log).not.toContain('pwned');
      expect(exitCode).toBe(8);
    }
    for (const node of [fixture.first, fixture.second]) expect(await fixture.ruleOf(node), node).toBe('');
  });

  test('a source that somebody changed since is not what was approved', async () => {
    await fixture.run("echo '# faster' >>rule");
    const { exitCode, output } = await fixture.nodemend('schedule', 'run', 'timed');
    expect(output).toContain('error=APPROVAL_EXCEEDED');
    expect(output.replaceAll(/\s+/g, ' ')).toContain('The source file does not match the approved one');
    expect(exitCode).toBe(8);
    expect(await fixture.ruleOf(fixture.first)).toBe('');
  });

  test('what was installed is taken out, and an edit is not lost by it', async () => {
    await fixture.run("sed -i 's/^Nice=.*/Nice=0/' /etc/systemd/system/nodemend-timed.service");
    expect(await fixture.nodemend('schedule', 'remove', 'timed')).toMatchObject({
      exitCode: 8,
      output: expect.stringContaining('/etc/systemd/system/nodemend-timed.service') as unknown,
    });
    expect((await fixture.nodemend('schedule', 'remove', 'timed', '--discard-edits')).exitCode).toBe(0);
    for (const name of ['wide', 'night', 'wide-cron'])
      expect((await fixture.nodemend('schedule', 'remove', name)).exitCode).toBe(0);
    expect(
      await fixture.run(
        'ls /etc/systemd/system /etc/cron.d /etc/systemd/system/timers.target.wants /var/lib/systemd/timers; ' +
          'crontab -l || true; systemctl list-units --all "nodemend*"',
      ),
    ).not.toMatch(/nodemend-|schedule run/);
  });
}
