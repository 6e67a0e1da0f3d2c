import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';
import writeInBurstsScript from './write-in-bursts.sh?raw';

/**
 * What only real nodes can show: a container that fills a disk, the two programs that keep logs small at work, and
 * nodes that are born.
 */
let testbed: TestTestbed;
let operator: Operator;
const docker = 'docker-1';
const containerd = 'containerd-1';
/** Has run the user script at its first boot, like the containerd node and unlike the other. */
const prepared = 'docker-2';
const megabyte = 1000 ** 2;
const busy = { timeout: 120_000, interval: 300 };

beforeAll(async () => {
  const userScript = { content: await userScriptText(), nodes: [prepared, containerd] };
  testbed = await startTestTestbed({ containerd: 1, docker: 2 }, { name: 'cure', diskBytes: 1024 ** 3, userScript });
  const { folder } = await testbed.status();
  operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

async function userScriptText(): Promise<string> {
  const anybody = operatorOf(undefined, {});
  const { stdout } = await anybody.nodemend('user-script', 'container-logs');
  anybody.leave();
  return stdout;
}

async function nodemend(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await operator.nodemend(...args, '--lang', 'en');
  return `${exitCode}\n${stdout}${stderr}`;
}

interface Findings {
  readonly findings: readonly {
    readonly rule: string;
    readonly message: string;
    readonly subject: { readonly name: string };
    readonly facts?: {
      readonly diskBytes: number;
      readonly diskFreeBytes: number;
      readonly largest: readonly { readonly name: string; readonly bytes: number; readonly oldBytes: number }[];
    };
  }[];
}

/** What is found of a node's rules; how full its disk is is another finding. */
async function findingOn(node: string): Promise<Findings['findings'][number] | undefined> {
  const { stdout } = await operator.nodemend('diagnose', '--only', 'container-logs', '-o', 'json');
  return (JSON.parse(stdout) as Findings).findings.find(
    ({ subject, rule }) => subject.name === node && !rule.startsWith('disk-'),
  );
}

/** What was said, without the line ends that the terminal's width asks for. */
function flat(said: string): string {
  return said.replaceAll(/\s+/g, ' ');
}

async function rulesOn(node: string): Promise<readonly string[]> {
  const { stdout } = await operator.nodemend('diagnose', '--only', 'container-logs', '-o', 'json');
  return (JSON.parse(stdout) as Findings).findings
    .filter(({ subject }) => subject.name === node)
    .map(({ rule }) => rule);
}

test('doctor: the API, both node groups through the bastion, sudo; what is missing is made by what it prints', async () => {
  const said = await nodemend('doctor');
  expect(said).toMatch(/^4\n/);
  expect(said).toContain(`docker (2 nodes): ${docker} as debian through 127.`);
  expect(said).toContain(`containerd (1 node): ${containerd} as debian through 127.`);
  expect(said).toContain('docker: debian can use sudo without a password');
  const printed = [...flat(said).matchAll(/kubectl (?:--context \S+ )?(create namespace [a-z-]+)/gu)];
  expect(printed.length).toBeGreaterThan(0);
  for (const [, words = ''] of printed) await testbed.kubectl(...words.split(' '));
  expect(await nodemend('doctor')).toMatch(/^0\n/);
});

describe('the user script, at the first boot of nodes', () => {
  const born = (node: string): Promise<string> =>
    testbed.root(node, 'cat /var/log/userscript_v2.output /var/log/userscript_v2.exitcode');

  test('a Docker node gets the rule before Docker and kubelet start, and nothing is found on it', async () => {
    expect(await born(prepared)).toMatch(
      /^nodemend: container-logs: tried out: .+\nnodemend: container-logs: \/etc\/logrotate\.d\/docker was written\n0\n$/,
    );
    const moment = (unit: string, property: string): string => `systemctl show --property ${property} --value ${unit}`;
    const order = [
      moment('testbed-user-script', 'ExecMainExitTimestampMonotonic'),
      moment('docker', 'ExecMainStartTimestampMonotonic'),
      moment('kubelet', 'ExecMainStartTimestampMonotonic'),
    ];
    const [ended = 0, dockerBegan = 0, kubeletBegan = 0] = (await testbed.root(prepared, order.join('\n')))
      .trim()
      .split('\n')
      .map(Number);
    expect(ended).toBeGreaterThan(0);
    expect(dockerBegan).toBeGreaterThan(ended);
    expect(kubeletBegan).toBeGreaterThan(ended);
    expect((await findingOn(prepared))?.rule).toBe('rule-ok');
    expect((await findingOn(docker))?.rule).toBe('rule-missing');
  });

  test('on a containerd node it says that kubelet rotates, and writes nothing', async () => {
    expect(await born(containerd)).toMatch(
      /^nodemend: container-logs: kubelet rotates the logs here \(kubelet is told unix:.+\): nothing was written\n0\n$/,
    );
    expect(
      (await testbed.root(containerd, 'ls -d /etc/logrotate.d/docker /var/lib/nodemend 2>/dev/null || true')).trim(),
    ).toBe('');
  });

  test('now that containers run there, too, it finds nothing to do', async () => {
    await testbed.root(prepared, 'docker run -d --name busy box:1 sh -c "while :; do echo tick; sleep 1; done"');
    expect(await testbed.root(prepared, '/usr/lib/testbed/user-script')).toMatch(
      /the rule on this node is good: .+; nothing was written\n$/,
    );
    expect(
      await testbed.root(prepared, 'ls /var/lib/docker/containers | wc -l; docker rm -f busy >/dev/null'),
    ).not.toMatch(/^0/);
  });
});

describe('a container on a Docker node fills its disk', () => {
  const rules = "cat /etc/logrotate.d/* | grep -c '/var/lib/docker/containers' || true";
  let log = '';
  /** The run that brought the rule. */
  let repair = '';

  const pressure = (): Promise<string> =>
    testbed.kubectl('get', 'node', docker, '-o', 'jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}');
  const sizeOfLog = async (): Promise<number> => Number(await testbed.root(docker, `stat -c %s ${log}`));
  const old = async (): Promise<readonly string[]> =>
    (await testbed.root(docker, `ls ${log}-* 2>/dev/null || true`)).split('\n').filter((path) => path !== '');
  const ticks = async (): Promise<number> =>
    Number((await testbed.root(docker, 'docker logs --tail 1 chatty')).replace('tick ', ''));
  const burst = (megabytes: number): Promise<string> =>
    testbed.root(docker, `docker exec chatty sh -c 'echo ${megabytes} >/tmp/burst'`);

  test('it is found: kubelet tells disk pressure, nodemend the cause and the container', async () => {
    // It waits five minutes by default before it says that the pressure is gone.
    await testbed.root(
      docker,
      "printf 'evictionPressureTransitionPeriod: 5s\\n' >>/var/lib/kubelet/config.yaml && systemctl restart kubelet",
    );
    // Each byte that it writes takes some 1.3 on the disk, which has 1,020 MB.
    const made = `docker run -d --name chatty box:1 sh -c '${writeInBurstsScript.replaceAll("'", String.raw`'\''`)}' sh 730`;
    await testbed.root(docker, made);
    log = (await testbed.root(docker, "docker inspect --format '{{.LogPath}}' chatty")).trim();
    await expect.poll(ticks, busy).toBeGreaterThan(0);
    expect(await sizeOfLog()).toBeGreaterThan(880 * megabyte);
    await expect.poll(pressure, busy).toBe('True');

    const finding = await findingOn(docker);
    expect(finding?.rule).toBe('rule-missing');
    expect(finding?.facts?.largest[0]?.bytes).toBeGreaterThan(880 * megabyte);
    expect(Number(finding?.facts?.diskFreeBytes) / Number(finding?.facts?.diskBytes)).toBeLessThan(0.12);
    const table = await nodemend('diagnose');
    expect(table).toMatch(/^3\n/);
    expect(table).toContain('3 nodes: 1 failing, 2 passing.');
  });

  test('it is repaired: the rule is on the node, and in force', async () => {
    const plan = `${operator.folder}/plan.json`;
    expect(await nodemend('plan', 'container-logs', '--out', plan)).toMatch(/^0\n/);
    expect((await testbed.root(docker, rules)).trim()).toBe('0');
    // Partly: the rule is one thing, and what fills the disk already is freed only by name.
    expect(await nodemend('apply', plan, '--yes', '--soak', '0')).toMatch(/^6\n/);
    expect((await testbed.root(docker, rules)).trim()).not.toBe('0');
    repair = operator.runs()[0] ?? '';
    expect(await nodemend('verify', repair)).toMatch(/^0\n/);
  });

  test('no rule can rotate a log that is larger than the free room: logrotate fails, nodemend says so and what to do', async () => {
    const before = await sizeOfLog();
    const failed = await testbed.root(
      docker,
      'systemctl start logrotate.service 2>&1 || journalctl --unit logrotate.service --no-pager --output cat',
    );
    expect(failed).toContain('No space left on device');
    expect(await sizeOfLog()).toBeGreaterThanOrEqual(before);
    expect(await old()).toEqual([]);
    const finding = await findingOn(docker);
    expect(finding?.rule).toBe('log-outgrows-room');
    expect(finding?.message).toContain('nodemend plan container-logs --remedy truncate-live-logs');
    expect(await rulesOn(docker)).toContain('disk-over-threshold');
  });

  test('the log is emptied when both are named, the container writes on, and kubelet takes the disk pressure back', async () => {
    const written = await ticks();
    const emptied = [
      'apply',
      'container-logs',
      '--nodes',
      docker,
      '--remedy',
      'truncate-live-logs',
      '--yes',
      '--soak',
      '0',
    ];
    expect(await nodemend(...emptied)).toMatch(/^8\n[^]*--allow discard/);
    expect(await sizeOfLog()).toBeGreaterThan(880 * megabyte);
    const said = await nodemend(...emptied, '--allow', 'discard', '--verbose');
    expect(said).toMatch(/^0\n/);
    expect(said.replaceAll(/\s+/g, ' ')).toMatch(/bytes more are free; dockerd \(\d+\) goes on writing it/);
    expect(await sizeOfLog()).toBeLessThan(megabyte);
    await expect.poll(ticks, busy).toBeGreaterThan(written);
    await expect.poll(pressure, busy).toBe('False');
    // systemd keeps how the last run ended until the next one.
    expect((await rulesOn(docker)).toSorted()).toEqual(['logrotate-fails', 'rule-ok']);
    await testbed.root(docker, 'systemctl start logrotate.service');
    expect(await nodemend('diagnose')).toMatch(/^0\n/);
  });

  test('from then on the node’s own schedule keeps it bounded, rotation after rotation, while the container writes', async () => {
    // The timer and the service are Debian's; only the hour is the test's.
    await testbed.root(docker, everyThreeSeconds);
    const rotations = new Set<string>();
    const sizes: number[] = [];
    const look = async (): Promise<number> => {
      for (const path of await old()) rotations.add(path.replace(/\.gz$/, ''));
      sizes.push(await sizeOfLog());
      return rotations.size;
    };
    const written = await ticks();
    for (const round of [1, 2, 3, 4, 5, 6]) {
      await burst(90);
      await expect.poll(look, busy).toBeGreaterThanOrEqual(round);
    }
    // Six times more than 100 MB were written, and never two bursts lay there at once.
    expect(Math.max(...sizes)).toBeLessThan(240 * megabyte);
    await testbed.root(
      docker,
      'systemctl stop logrotate.timer; while [ "$(systemctl show --property ActiveState --value ' +
        'logrotate.service)" = activating ]; do sleep 0.2; done',
    );
    expect(await old()).toHaveLength(5);
    expect((await old()).every((path) => path.endsWith('.gz'))).toBe(true);
    expect(await sizeOfLog()).toBeLessThan(120 * megabyte);
    expect(await ticks()).toBeGreaterThan(written);
    expect(Number(await testbed.root(docker, 'df --output=pcent /var/lib/docker | tr -dc 0-9'))).toBeLessThan(30);
    // As Debian has it again: without a timer nothing would keep it bounded, and nodemend says so.
    await testbed.root(
      docker,
      'rm -rf /run/systemd/system/logrotate.timer.d; systemctl daemon-reload; systemctl start logrotate.timer',
    );
    expect(await nodemend('diagnose')).toMatch(/^0\n/);
  });

  test('undo: the node is as it was, and the finding is back', async () => {
    expect(await nodemend('undo', repair, '--yes')).toMatch(/^0\n/);
    expect((await testbed.root(docker, rules)).trim()).toBe('0');
    expect((await findingOn(docker))?.rule).toBe('rule-missing');
    await testbed.root(docker, 'docker rm -f chatty');
  });
});

describe('what starts logrotate on a real systemd', () => {
  /** What is said of the schedule after a change: `rule: message`. */
  const said = async (change: string): Promise<string> => {
    await testbed.root(docker, change);
    const { stdout } = await operator.nodemend('diagnose', '-o', 'json', '--nodes', docker);
    const own = (JSON.parse(stdout) as Findings).findings.filter(({ rule }) => rule.startsWith('logrotate-'));
    return own.map(({ rule, message }) => `${rule}: ${message}`).join('\n');
  };

  beforeAll(async () => {
    await operator.nodemend('apply', 'container-logs', '--nodes', docker, '--yes', '--soak', '0');
    await testbed.root(docker, 'systemctl start logrotate.service');
  });

  test('its timer as Debian has it is well; stopped, disabled and masked are told apart', async () => {
    expect(await said('true')).toBe('');
    expect(await said('systemctl disable logrotate.timer')).toMatch(/^logrotate-until-reboot: /);
    // It ran a moment ago: that something else starts it cannot be ruled out.
    expect(await said('systemctl stop logrotate.timer')).toMatch(/^logrotate-not-scheduled: .* it ran 0 h ago/);
    expect(await said("touch -d '3 days ago' /var/lib/logrotate/status")).toMatch(
      /^logrotate-not-scheduled: .*: systemctl enable --now logrotate\.timer$/,
    );
    expect(await said('systemctl mask logrotate.timer')).toMatch(/^logrotate-not-scheduled: .* is masked/);
    expect(await said('systemctl unmask logrotate.timer; systemctl enable --now logrotate.timer')).toBe('');
  });

  test('a unit of the administrator’s own counts, and a sandbox that keeps it from the logs does not', async () => {
    const own = `systemctl disable --now logrotate.timer
      printf '[Service]\\nType=oneshot\\nExecStart=/usr/sbin/logrotate /etc/logrotate.conf\\n' >/etc/systemd/system/rotate.service
      printf '[Timer]\\nOnCalendar=hourly\\n[Install]\\nWantedBy=timers.target\\n' >/etc/systemd/system/rotate.timer
      systemctl daemon-reload; systemctl enable --now rotate.timer`;
    expect(await said(own)).toBe('');
    expect(
      await said("printf 'ProtectSystem=strict\\n' >>/etc/systemd/system/rotate.service; systemctl daemon-reload"),
    ).toMatch(/^logrotate-sandboxed: /);
    // The real logrotate under the real sandbox: it cannot do what the rule says.
    const failed = await testbed.root(
      docker,
      'systemctl start rotate.service 2>&1 || { journalctl --sync; journalctl --unit rotate.service --no-pager --output cat; }',
    );
    expect(failed).toContain('Read-only file system');
    const back =
      'systemctl disable --now rotate.timer; rm /etc/systemd/system/rotate.*; systemctl daemon-reload; ' +
      'systemctl enable --now logrotate.timer; systemctl start logrotate.service';
    expect(await said(back)).toBe('');
  });
});

describe('docker’s own limits', () => {
  const limitsOf = (container: string): Promise<string> =>
    testbed.root(docker, `docker inspect --format '{{json .HostConfig.LogConfig}}' ${container}`);
  const run = (name: string, script: string): Promise<string> =>
    testbed.root(docker, `docker run -d --name ${name} box:1 sh -c '${script}'`);
  const remedy = ['--remedy', 'daemon-log-opts,docker-restart', '--nodes', docker] as const;
  let before = '';
  /** The run that gave docker its limits. */
  let limited = '';

  test('the plan names whom it does not reach, and that the restart ends every container', async () => {
    before = await testbed.root(docker, 'cat /etc/docker/daemon.json');
    await run('older', 'sleep 1000');
    const plan = await nodemend('plan', 'container-logs', ...remedy);
    expect(plan).toMatch(/^0\n/);
    expect(plan).toContain('"max-size": "10m"');
    expect(flat(plan)).toContain('live-restore is off, so this restart stops every container');
    expect(flat(plan)).toMatch(/Existing containers have no limit until they are re-created \(\d+: /);
    expect(await nodemend('plan', 'container-logs', '--remedy', 'daemon-log-opts', '--nodes', docker)).toContain(
      'Nothing is restarted',
    );
    expect(await nodemend('apply', 'container-logs', ...remedy, '--yes', '--soak', '0')).toMatch(/^8\n/);
    expect(await testbed.root(docker, 'cat /etc/docker/daemon.json')).toBe(before);
  });

  test('a container that is made afterwards has them, and dockerd keeps to them; an older one has not', async () => {
    const known = operator.runs();
    const applied = await nodemend('apply', 'container-logs', ...remedy, '--allow', 'restart', '--yes', '--soak', '0');
    limited = operator.runs().find((run) => !known.includes(run)) ?? '';
    expect(applied, applied).toMatch(/^0\n/);
    expect(flat(applied)).toContain('not validated by the daemon');
    expect(await testbed.root(docker, 'cat /etc/docker/daemon.json')).toContain(before.trim().slice(0, -1).trimEnd());
    expect(JSON.parse(await limitsOf('older'))).toEqual({ Type: 'json-file', Config: {} });

    await run('younger', 'busybox yes "$(busybox seq -s " " 1 80)" | busybox head -c 90000000; sleep 1000');
    expect(JSON.parse(await limitsOf('younger'))).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '10m', 'max-file': '5' },
    });
    const files = async (): Promise<readonly string[]> =>
      (
        await testbed.root(
          docker,
          "cd $(dirname $(docker inspect --format '{{.LogPath}}' younger)) && stat -c '%s' *-json.log*",
        )
      )
        .trim()
        .split('\n');
    await expect.poll(async () => (await files()).length, busy).toBe(5);
    expect(Math.max(...(await files()).map(Number))).toBeLessThan(11 * megabyte);
    expect(await nodemend('plan', 'container-logs', ...remedy)).toContain('Nothing to change');
  });

  test('a file that dockerd would not start with is found while it runs on', async () => {
    const good = await testbed.root(
      docker,
      'cp -p /etc/docker/daemon.json /run/good.json; cat /etc/docker/daemon.json',
    );
    await testbed.root(docker, `sed -i 's/"max-file": "5"/"max-file": 5/' /etc/docker/daemon.json`);
    expect(await rulesOn(docker)).toContain('daemon-config-broken');
    // Not as root, so that it ends behind the file: what it would say at its next start.
    const said = await testbed.root(
      docker,
      'cp /etc/docker/daemon.json /run/broken.json; chmod 0644 /run/broken.json; setpriv --reuid 65534 ' +
        '--clear-groups dockerd --config-file /run/broken.json 2>&1 || true',
    );
    expect(said).toContain('unable to configure the Docker daemon');
    expect(await nodemend('plan', 'container-logs', ...remedy)).toContain('docker would not start with');
    expect(await testbed.root(docker, 'mv /run/good.json /etc/docker/daemon.json; cat /etc/docker/daemon.json')).toBe(
      good,
    );
  });

  test('undo puts the file back and starts docker once more; what was made meanwhile keeps its limits', async () => {
    const since = await testbed.root(docker, 'systemctl show --property ExecMainPID docker');
    const undone = await nodemend('undo', limited, '--yes', '--allow', 'restart');
    expect(undone, undone).toMatch(/^0\n/);
    expect(await testbed.root(docker, 'cat /etc/docker/daemon.json')).toBe(before);
    expect(await testbed.root(docker, 'systemctl show --property ExecMainPID docker')).not.toBe(since);
    await run('newest', 'sleep 1000');
    expect(JSON.parse(await limitsOf('newest'))).toEqual({ Type: 'json-file', Config: {} });
    expect(JSON.parse(await limitsOf('younger'))).toMatchObject({ Config: { 'max-size': '10m' } });
    await testbed.root(docker, 'docker rm -f older younger newest');
  });
});

const everyThreeSeconds = `
  mkdir -p /run/systemd/system/logrotate.timer.d
  printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/3\\nAccuracySec=100ms\\n' >/run/systemd/system/logrotate.timer.d/often.conf
  systemctl daemon-reload
  systemctl restart logrotate.timer
`;

describe('on a containerd node kubelet keeps the logs small', () => {
  const configz = `/api/v1/nodes/${containerd}/proxy/configz`;
  const reader = 'system:serviceaccount:nodemend:kubelet-reader';

  interface Configz {
    readonly kubeletconfig: { readonly containerLogMaxSize: string; readonly containerLogMaxFiles: number };
  }
  const running = async (): Promise<Configz['kubeletconfig']> =>
    (JSON.parse(await testbed.kubectl('--as', reader, 'get', '--raw', configz)) as Configz).kubeletconfig;

  test('its running configuration is read through the node proxy, with the shipped role and not without', async () => {
    await expect(testbed.kubectl('--as', reader, 'get', '--raw', configz)).rejects.toThrow(/Forbidden|forbidden/);
    await testbed.kubectl('apply', '-f', `${import.meta.dirname}/../deploy/nodemend-read-kubelet.yaml`);
    await testbed.kubectl(
      'create',
      'clusterrolebinding',
      'kubelet-reader',
      '--clusterrole=nodemend-read-kubelet',
      '--serviceaccount=nodemend:kubelet-reader',
    );
    await expect
      .poll(() => running().catch(String), busy)
      .toMatchObject({ containerLogMaxSize: '10Mi', containerLogMaxFiles: 5 });
  });

  test('the rotation is seen on the disk: files of the size it names, no more than it names, while the pod writes on', async () => {
    await testbed.root(
      containerd,
      "printf 'containerLogMaxSize: 1Mi\\ncontainerLogMonitorInterval: 3s\\n' >>/var/lib/kubelet/config.yaml && systemctl restart kubelet",
    );
    await expect
      .poll(() => running().catch(String), busy)
      .toMatchObject({ containerLogMaxSize: '1Mi', containerLogMaxFiles: 5 });
    const write =
      'line=$(busybox seq -s " " 1 80); while :; do busybox yes "$line" | busybox head -c 300000; echo; sleep 0.3; done';
    const overrides = JSON.stringify({ spec: { nodeName: containerd } });
    await testbed.kubectl(
      'run',
      'chatty',
      '--image=docker.io/library/box:1',
      '--image-pull-policy=Never',
      `--overrides=${overrides}`,
      '--',
      'sh',
      '-c',
      write,
    );
    await testbed.kubectl('wait', '--for=condition=Ready', 'pod/chatty', '--timeout=120s');

    /** `SIZE NAME` of the live log and the old ones. */
    const files = async (): Promise<readonly string[]> =>
      (await testbed.root(containerd, "cd /var/log/pods/default_chatty_*/chatty && stat -c '%s %n' 0.log*"))
        .trim()
        .split('\n');
    const rotations = new Set<string>();
    const sizes: number[] = [];
    const look = async (): Promise<number> => {
      for (const line of await files()) {
        const [size = '', name = ''] = line.split(' ');
        if (/^0\.log\.\d{8}-\d{6}/.test(name)) rotations.add(name.slice(0, '0.log.20260101-000000'.length));
        if (name === '0.log') sizes.push(Number(size));
      }
      return rotations.size;
    };
    await expect.poll(look, busy).toBeGreaterThanOrEqual(6);
    // It looks every three seconds, and the pod writes less than a MB in one.
    expect(Math.max(...sizes)).toBeLessThan(20 * megabyte);
    expect(Math.max(...sizes)).toBeGreaterThan(megabyte);
    // The live one, the one before it as it is, and compressed ones; a fifth old one may be about to go.
    const now = await files();
    expect(now.length).toBeLessThanOrEqual(6);
    expect(now.filter((line) => line.endsWith('.gz')).length).toBeGreaterThanOrEqual(2);

    const finding = await findingOn(containerd);
    expect(finding?.rule).toBe('kubelet-rotates');
    const [largest] = finding?.facts?.largest ?? [];
    expect(largest?.name).toBe('default/chatty/chatty');
    expect(largest?.oldBytes).toBeGreaterThan(0);
    expect(largest?.oldBytes).toBeLessThan(60 * megabyte);
  });

  describe('with limits that the disk does not bear', () => {
    const nodes = ['--nodes', containerd];
    let run = '';
    const byBothMeans = async (): Promise<readonly unknown[]> => {
      const facts = async (...flags: readonly string[]): Promise<unknown> => {
        const { stdout } = await operator.nodemend('diagnose', '-o', 'json', ...nodes, ...flags);
        const { findings } = JSON.parse(stdout) as {
          readonly findings: readonly {
            readonly rule: string;
            readonly facts?: { readonly kubeletLogs?: Readonly<Record<string, unknown>> };
          }[];
        };
        return findings.find(({ rule }) => rule === 'kubelet-rotates')?.facts?.kubeletLogs;
      };
      return [await facts(), await facts('--read-kubelet')];
    };
    const limitsOf = (bytes: number, files: number, source: string): object => ({
      maxSize: { bytes, source },
      maxFiles: { value: files, source: expect.any(String) as string },
    });

    test('kubelet’s files and its own answer say the same, and what does not fit is found', async () => {
      await testbed.root(
        containerd,
        "sed -i 's/^containerLogMaxSize:.*/containerLogMaxSize: 700Mi # too much/' /var/lib/kubelet/config.yaml " +
          "&& echo 'maxPods: 50' >>/var/lib/kubelet/config.yaml && systemctl restart kubelet",
      );
      await expect.poll(() => running().catch(String), busy).toMatchObject({ containerLogMaxSize: '700Mi' });
      const mebibyte = 2 ** 20;
      const [byFiles, byAnswer] = await byBothMeans();
      expect(byFiles).toMatchObject(limitsOf(700 * mebibyte, 5, '/var/lib/kubelet/config.yaml'));
      expect(byAnswer).toMatchObject(limitsOf(700 * mebibyte, 5, 'configz'));
      const told = await nodemend('diagnose', ...nodes);
      expect(told).toMatch(/^4\n/);
      expect(told.replaceAll(/\s+/g, ' ')).toContain(
        'each container keep 5 files of 700Mi, and the current containers would fill it',
      );
    });

    test('it is mended only by name, and kubelet’s own answer shows that it is in force', async () => {
      const plan = await nodemend('plan', 'container-logs', ...nodes);
      expect(flat(plan)).toContain('--remedy kubelet-log-limits');
      const asked = ['apply', 'container-logs', ...nodes, '--remedy', 'kubelet-log-limits', '--yes'];
      const refused = await nodemend(...asked);
      expect(refused).toMatch(/^8\n[^]*RESTART\s+kubelet\.service on 1 node[^]*--allow restart/);
      expect(await running()).toMatchObject({ containerLogMaxSize: '700Mi' });

      const before = await testbed.root(containerd, 'systemctl show -p MainPID --value kubelet');
      const earlier = new Set(operator.runs());
      expect(await nodemend(...asked, '--allow', 'restart')).toMatch(/^0\n/);
      expect(await running()).toMatchObject({ containerLogMaxSize: '1Mi', containerLogMaxFiles: 3 });
      expect(await testbed.root(containerd, 'systemctl show -p MainPID --value kubelet')).not.toBe(before);
      expect(await testbed.root(containerd, 'cat /var/lib/kubelet/config.yaml')).toContain(
        'containerLogMaxSize: 1Mi # too much\n',
      );
      expect(await testbed.kubectl('get', 'node', containerd)).toMatch(/ Ready /);
      run = operator.runs().find((one) => !earlier.has(one)) ?? '';
      expect(await nodemend('verify', run, ...nodes)).toMatch(/^0\n/);
      expect(
        (await byBothMeans()).map((facts) => (facts as { readonly maxSize: { readonly bytes: number } }).maxSize.bytes),
      ).toEqual([2 ** 20, 2 ** 20]);
    });

    test('undo restarts kubelet once more, with the old file, and only by name', async () => {
      expect(await nodemend('undo', run, '--yes')).toMatch(/^8\n[^]*--allow restart/);
      expect(await running()).toMatchObject({ containerLogMaxSize: '1Mi', containerLogMaxFiles: 3 });
      expect(await nodemend('undo', run, '--yes', '--allow', 'restart')).toMatch(/^0\n/);
      expect(await running()).toMatchObject({ containerLogMaxSize: '700Mi', containerLogMaxFiles: 5 });
    });

    test('where NKS’s arguments are read they are the place, and win over the file', async () => {
      const dropIn =
        '[Service]\\nEnvironmentFile=/etc/kubernetes/kubelet-user-args\\nExecStart=\\nExecStart=/usr/local/bin/' +
        'kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_ARGS ' +
        '$KUBELET_USER_ARGS\\n';
      await testbed.root(
        containerd,
        `echo 'KUBELET_USER_ARGS="--v=1"' >/etc/kubernetes/kubelet-user-args; mkdir -p ` +
          `/etc/systemd/system/kubelet.service.d; printf '${dropIn}' ` +
          '>/etc/systemd/system/kubelet.service.d/nks.conf; systemctl daemon-reload; systemctl restart kubelet',
      );
      await expect.poll(() => running().catch(String), busy).toMatchObject({ containerLogMaxSize: '700Mi' });
      expect(
        await nodemend(
          'apply',
          'container-logs',
          ...nodes,
          '--remedy',
          'kubelet-log-limits',
          '--allow',
          'restart',
          '--yes',
        ),
      ).toMatch(/^0\n[^]*CHANGE\s+\/etc\/kubernetes\/kubelet-user-args on 1 node/);
      expect(await testbed.root(containerd, 'cat /etc/kubernetes/kubelet-user-args')).toBe(
        'KUBELET_USER_ARGS="--v=1 --container-log-max-size=1Mi --container-log-max-files=3"\n',
      );
      expect(await running()).toMatchObject({ containerLogMaxSize: '1Mi', containerLogMaxFiles: 3 });
      await testbed.kubectl('delete', 'pod', 'chatty', '--now');
    });
  });
});
