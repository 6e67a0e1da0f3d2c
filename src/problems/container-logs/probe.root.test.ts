import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import { shells, startProbe, textOf, type ProbeRun } from '../../evidence/probe/testing/run-probe.ts';
import { diagnose } from './diagnose.ts';
import { composeProbe, identityKey } from '../../evidence/probe/compose.ts';
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

const prepare = (state: string): string => root.run(fixtureScript, state, containerLogs.faultScript);
const probe = (shell: readonly string[]): Promise<ProbeRun> =>
  startProbe(root.enter, shell, containerLogs.facts, 30).done;

describe.each(shells.map((shell) => ({ shell })))('under $shell', ({ shell }) => {
  test('every section arrives whole and without a complaint', async () => {
    prepare('pass-rule-ok');
    const { reply } = await probe(shell);

    expect(reply.complete).toBe(true);
    expect([...reply.sections.keys()]).toEqual([identityKey, ...composeProbe(containerLogs.facts).sections]);
    for (const frame of reply.sections.values())
      expect([frame.name, frame.status, Buffer.from(frame.errors).toString()]).toEqual([frame.name, 'ended', '']);
  });

  test.each([
    'pass-rule-ok',
    'fail-rule-missing-data-root',
    'fail-rule-does-not-cover-insecure',
    'pass-kubelet-rotates',
    'pass-bounded-by-daemon',
  ])('%s is found', async (state) => {
    const [finding] = diagnose(await fixtureEvidence(root, state, { shell }));

    expect(`${finding?.status}-${finding?.rule}`).toBe(state.replace(/-data-root$|-insecure$/, ''));
  });

  test('odd names, odd bytes and includes of includes come as they are', async () => {
    prepare('pass-rule-ok');
    root.run(`
      printf 'include /srv/a\\n  include = /srv/no such\\ncompress include /srv/more\\n# include /srv/comment\\nolddir /srv\\n} include /srv/first include=/srv/last\\ninclude /srv/cut\\000off\\n' >>/etc/logrotate.conf
      mkdir -p /srv/more/folder && ln -sfn /nowhere /srv/more/dangling && ln -sfn /srv/a /srv/more/link && mkfifo /srv/more/pipe
      printf 'include /srv/deep\\r\\n' >/srv/a && printf '\\000\\377\\n\\n' >/srv/more/.hidden && : >'/srv/more/with blank' && printf 'no end' >/srv/deep && printf 'weekly\\n' >/srv/comment`);
    const text = textOf(await probe(shell), 'logrotate/files');
    root.run('rm -rf /srv/a /srv/more /srv/deep /srv/comment');

    const lines = text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'folder /srv/more',
        'link /srv/more/link',
        'dangling /srv/more/dangling',
        'olddir /srv',
        'missing /srv/no such',
        'missing /srv/last',
        'missing /srv/cut',
      ]),
    );
    expect(lines).not.toContain('missing /srv/first');
    expect(lines.filter((line) => line.startsWith('file ')).map((line) => line.split(' ').slice(5).join(' '))).toEqual(
      expect.arrayContaining([
        '/srv/a',
        '/srv/more/folder',
        '/srv/more/link',
        '/srv/more/pipe',
        '/srv/more/.hidden',
        '/srv/more/with blank',
        '/srv/deep',
      ]),
    );
    expect(text).toContain('\n\0\xff\n\n\n--nodemend ');
    expect(text).toContain('\nno end\n--nodemend ');
  });
});

test(
  'of many pods whose logs are links into docker’s folder twenty tell as much as all, unless one of them ' +
    'has a log of its own',
  async () => {
    prepare('pass-rule-ok');
    root.run(
      'for pod in $(seq 100 140); do mkdir -p /var/log/pods/a_$pod/app && ln -s ' +
        '/var/lib/docker/containers/x/x-json.log /var/log/pods/a_$pod/app/0.log; done',
    );
    const podsOf = async (): Promise<number> =>
      textOf(await probe(['dash']), 'container-logs/log-files').match(/ 0\.log$/gm)?.length ?? 0;
    expect(await podsOf()).toBe(20);
    root.run('rm /var/log/pods/a_110/app/0.log && echo log >/var/log/pods/a_110/app/0.log');
    expect(await podsOf()).toBe(44);
    root.run('rm -rf /var/log/pods/a_*');
  },
);

test('a folder of a user’s that root’s configuration includes shows no file of root’s', async () => {
  prepare('pass-rule-ok');
  root.run(`
    mkdir -p /home/mallory/rules && printf 'planted-secret\\n' >/root/key && chmod 600 /root/key
    ln -sfn /root/key /home/mallory/rules/key && ln -sfn /home/mallory/rules/key /etc/logrotate.d/key
    printf 'weekly\\n' >/home/mallory/rules/plain && chown -hR 1000:1000 /home/mallory
    printf 'include /home/mallory/rules\\n' >>/etc/logrotate.conf`);
  const run = await probe(['dash']);
  root.run('rm -rf /home/mallory /root/key /etc/logrotate.d/key');

  expect(run.stdout.toString('latin1')).not.toContain('planted-secret');
  expect(textOf(run, 'logrotate/files').split('\n')).toEqual(
    expect.arrayContaining([
      'closed /home/mallory/rules/key',
      'closed /home/mallory/rules/plain',
      'closed /etc/logrotate.d/key',
    ]),
  );
});

test('it reads and never writes', async () => {
  prepare('fail-rule-missing');
  const state = (): string =>
    root.run(
      'find /etc /var/log /var/lib/docker /var/lib/logrotate /srv -xdev -printf "%p %m %s %T@ %i\\n" ' +
        '2>/dev/null | sort | sha256sum; ls -A /run /tmp /dev/shm',
    );
  const before = state();
  await probe(['dash']);

  expect(state()).toBe(before);
});

test('of command lines, daemon.json and hostconfig.json only what is looked for leaves the node', async () => {
  prepare('pass-rule-ok');
  root.run(`
    mkdir -p /etc/docker && printf '{"data-root":"/var/lib/docker","proxies":{"http-proxy":"http://u:planted-secret@p"}}' >/etc/docker/daemon.json
    printf '{"LogConfig":{"Type":"splunk","Config":{"splunk-token":"planted-secret","max-size":"10m"}},"Env":["A=planted-secret"]}' >/var/lib/docker/containers/${'1'.repeat(64)}/hostconfig.json
    cp /bin/sleep /usr/local/fakes/cri-dockerd`);
  const { stdout } = await probe(['dash']);

  expect(stdout.toString('latin1')).not.toContain('planted-secret');
  expect(stdout.toString('latin1')).toContain('"LogConfig":{"Type":"splunk"');
});

test.each([
  [1000, 10, 'what stat says fits into a file'],
  [1100, 11, 'it does not'],
  [1500, 12, 'the paths do not fit on one command line'],
])(
  '%i containers with %i old logs each, so that %s: few processes, in time, under the cap',
  async (containers, old) => {
    prepare('pass-rule-ok');
    root.run(
      `
    cd /var/lib/docker/containers
    olds=$(seq "$2")
    zeros=$(printf %060d 0)
    for n in $(seq 1000 "$((999 + $1))"); do
      id=$n$zeros
      mkdir "$id" && echo '{"LogConfig":{"Type":"json-file","Config":{}}}' >"$id/hostconfig.json" && : >"$id/$id-json.log"
      for old in $olds; do : >"$id/$id-json.log.$old.gz"; done
    done`,
      String(containers),
      String(old),
    );
    const before = forks();
    const run = await probe(['dash']);
    const processes = forks() - before;
    const logs = run.reply.sections.get('container-logs/log-files');

    expect(logs).toMatchObject({ status: 'ended' });
    expect(textOf(run, 'container-logs/log-files').match(/=-json\.log$/gm)).toHaveLength(containers + 3);
    expect(textOf(run, 'container-logs/log-files').match(/=-json\.log\.\d+\.gz$/gm)).toHaveLength(containers * old);
    expect(
      textOf(run, 'container-logs/log-files').match(/hostconfig\.json:"LogConfig":\{"Type":"json-file"$/gm)?.length,
    ).toBeGreaterThanOrEqual(containers);
    expect(logs?.output.length).toBeLessThan(1_500_000);
    // Other work on the machine forks too: this only holds that there is none for each container or log.
    expect(processes).toBeLessThan(1000);
    root.run(`rm -rf /var/lib/docker/containers/1???000*`);
  },
  120_000,
);

/** Processes that were started on this machine since boot. */
function forks(): number {
  return Number(/^processes (\d+)$/m.exec(root.run('cat /proc/stat'))?.[1]);
}
