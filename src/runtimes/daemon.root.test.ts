import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import type { CheckVerdict } from '../actions/action.ts';
import { startProbe, textOf } from '../evidence/probe/testing/run-probe.ts';
import { problems } from '../problems/testing/all-problems.ts';
import { withDaemon } from './with-daemon.ts';

const allFacts = problems.flatMap(({ facts }) => facts);

/**
 * The exploits of an adversarial review, each as it was run: an ordinary user of the node, or a container on it, has a
 * process that is called like a daemon. The private root's own process 1 stands for systemd; there is no systemd in it.
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
  root.run(`
    mkdir -p /opt/fakes /home/mallory && chown 1000:1000 /home/mallory
    cp /bin/dash /home/mallory/shell && chown 1000:1000 /home/mallory/shell
    for name in dockerd kubelet containerd; do cp /bin/dash "/opt/fakes/$name"; done
    mkfifo -m 644 /run/never`);
});
afterEach(() => {
  root.run('for pid in $(cat /run/started); do kill -KILL "$pid"; done; rm -f /run/started; rm -rf /etc/docker');
});
afterAll(async () => {
  await root.close();
});

/**
 * Starts a shell that waits for ever: start WHOSE FILE NAME [WORD…]; what it is called, and the words it seems to have.
 */
const start = `
  start() {
    as=$1 program=$2
    shift 2
    $as "$program" -c 'read -r _ </run/never' "$@" </dev/null >/dev/null 2>&1 &
    echo "$!" >>/run/started
  }
  mallory='setpriv --reuid 1000 --regid 1000 --clear-groups --'
  # What is called like a daemon is so by the name of the file that was started.
  called() {
    mkdir -p /tmp/m && cp /home/mallory/shell "/tmp/m/$1" && chown -R 1000:1000 /tmp/m
  }
  wait_for() {
    until [ "$(grep -lsx "$1" /proc/[0-9]*/comm | wc -l)" -ge "$2" ]; do sleep 0.01; done
  }`;

const run = (script: string): string => root.run(`${start}\n${script}`);

/** What daemon.sh says: `pid` is the first process that was started, and so on. */
function saidOf(name: string, shell: readonly string[] = ['dash']): string {
  const ask = `${withDaemon()}\nnm_scratch=''\nnm_daemon "$1"\necho "\${nm_found_pid:-none} \${nm_doubt:-sure}"`;
  const [program = '', ...before] = root.enter;
  const { stdout, stderr } = spawnSync(program, [...before, ...shell, '-c', ask, 'sh', name], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const started = root.run('cat /run/started').trim().split('\n');
  return stdout.trim().replace(/^\d+/, (pid) => `process ${started.indexOf(pid) + 1}`);
}

function check(name: string, ...args: readonly string[]): CheckVerdict {
  const { script, judge } = problems.find(({ checks }) => name in checks)!.checks[name]!;
  const [program = '', ...before] = root.enter;
  const { status, stdout, stderr } = spawnSync(program, [...before, '/bin/sh', '-c', script, 'sh', ...args], {
    encoding: 'utf8',
  });
  return judge({ exitCode: status ?? 1, stdout, stderr });
}

async function observed(section: string): Promise<string> {
  const facts = allFacts;
  return textOf(await startProbe(root.enter, ['dash'], facts, 30).done, section);
}

describe.each([['dash'], ['bash'], ['busybox', 'sh']])('who is the daemon, under %s', (...shell) => {
  test('root’s own program in the node’s own namespaces, whoever else has the name, and whichever number is lower', () => {
    // Sorted as text 100 comes before 3: the machine's numbers decide which of the two it is, so there is one on each
    // side.
    run(`
      called dockerd
      start "$mallory" /tmp/m/dockerd dockerd --data-root=/home/mallory
      start '' /opt/fakes/dockerd dockerd --data-root=/srv/docker
      start "$mallory" /tmp/m/dockerd dockerd --data-root=/home/mallory
      wait_for dockerd 3`);

    expect(saidOf('dockerd', shell)).toBe('process 2 sure');
    expect(saidOf('kubelet', shell)).toBe('none sure');
  });

  test('a process that goes while its name is read takes no daemon with it', () => {
    // Such a read fails, and so does that of a memory from its beginning; process 1 comes before all others.
    run(`start '' /opt/fakes/dockerd dockerd; wait_for dockerd 1; mount --bind /proc/1/mem /proc/1/comm`);
    try {
      expect(saidOf('dockerd', shell)).toBe('process 1 sure');
      expect(saidOf('kubelet', shell)).toBe('none sure');
    } finally {
      root.run('umount /proc/1/comm');
    }
  });

  test.each([
    ['an ordinary user’s', `start "$mallory" /tmp/m/kubelet kubelet`, 'none not-root'],
    ['root’s, of a program that a user owns', `start '' /tmp/m/kubelet kubelet`, 'none program'],
    [
      'root’s, of a program in a folder that a user owns',
      `chown 0:0 /tmp/m/kubelet; start '' /tmp/m/kubelet kubelet`,
      'none program',
    ],
    // The name is that of the link, the rights are those of the program behind it, and the words are the caller's.
    [
      'an ordinary user’s, by a link to a program of root’s with the set-user-id bit',
      `cp /bin/dash /opt/fakes/su && chmod 4755 /opt/fakes/su && ln -sf /opt/fakes/su /tmp/m/kubelet
       start "$mallory" /tmp/m/kubelet kubelet --config=/etc/shadow`,
      'none not-root',
    ],
    [
      'one that a set-user-id program of root’s made root’s through and through',
      `cp /opt/fakes/kubelet /opt/fakes/su && chmod 4755 /opt/fakes/su && ln -sf /opt/fakes/su /tmp/m/kubelet
       start '' /tmp/m/kubelet kubelet`,
      'none set-user-id',
    ],
    [
      'root’s in another mount namespace',
      `start 'unshare --mount --' /opt/fakes/kubelet kubelet`,
      'none mount-namespace',
    ],
    [
      'root’s of another user namespace',
      `start 'unshare --user -r --' /opt/fakes/kubelet kubelet`,
      'none user-namespace',
    ],
    ['a container’s', `start 'unshare --pid --fork --mount --' /opt/fakes/kubelet kubelet`, 'none sure'],
    [
      'two of root’s own',
      `start '' /opt/fakes/kubelet kubelet; start '' /opt/fakes/kubelet kubelet; wait_for kubelet 2`,
      'none several',
    ],
  ])('%s', (_whose, script, said) => {
    run(`rm -rf /tmp/m; called kubelet; ${script}; wait_for kubelet 1; sleep 0.1`);

    expect(saidOf('kubelet', shell)).toBe(said);
  });

  /**
   * A stand-in for systemctl, and what the kernel would say of a service's process: no systemd runs in a private root.
   */
  const asService = (main: string): string =>
    root.run(
      `mkdir -p /run/systemd/system; printf '0::/system.slice/kubelet.service\\n' >/run/cgroup
       pid=$(sed -n 1p /run/started); mount --bind /run/cgroup "/proc/$pid/cgroup"; [ "$1" = pid ] || pid=$1
       printf '#!/bin/sh\\n[ "$*" = "show -p MainPID -- kubelet.service" ] && echo MainPID=%s\\n' "$pid" >/run/systemctl
       chmod 0755 /run/systemctl; mount --bind /run/systemctl /usr/bin/systemctl`,
      main,
    );
  const noService = (): string =>
    root.run(
      'umount /usr/bin/systemctl "/proc/$(sed -n 1p /run/started)/cgroup"; rm -rf /run/systemd /run/systemctl /run/cgroup',
    );

  test.each([
    ['in a mount namespace of its unit’s own', `start 'unshare --mount --' /opt/fakes/kubelet kubelet`],
    ['of a program that an archive’s owner owns', `called kubelet; start '' /tmp/m/kubelet kubelet`],
    [
      'beside another of root’s',
      `start '' /opt/fakes/kubelet kubelet; start '' /opt/fakes/kubelet kubelet; wait_for kubelet 2`,
    ],
  ])('%s, what systemd says is the unit’s main process', (_how, script) => {
    run(`rm -rf /tmp/m; ${script}; wait_for kubelet 1; sleep 0.1`);
    asService('pid');
    const said = saidOf('kubelet', shell);
    noService();
    asService('1');
    const others = saidOf('kubelet', shell);
    noService();

    expect(said).toBe('process 1 sure');
    expect(others).toMatch(/^none (?:mount-namespace|program|several)$/);
  });

  test('an ordinary user’s is nobody’s main process, whatever systemd says', () => {
    run('rm -rf /tmp/m; called kubelet; start "$mallory" /tmp/m/kubelet kubelet; wait_for kubelet 1');
    asService('pid');
    const said = saidOf('kubelet', shell);
    noService();

    expect(said).toBe('none not-root');
  });

  test.each([
    ['taken along by the awk of this node', ''],
    ['of an awk that cannot tell a byte of 0', 'awk() { busybox awk "$@"; }'],
    ['of an awk that ends when it has begun to write them', 'awk() { command awk "$@"; return 2; }'],
    ['without an awk', 'awk() { return 127; }'],
  ])('the words of its command line are what it was started with: %s', (_how, awk) => {
    // A fake one’s, before it and behind it, are nobody’s; nor are so many kept that they fill a disk.
    run(`
      called kubelet
      for number in 1 2 3 4 5; do start "$mallory" /tmp/m/kubelet kubelet "--fake=$number" "$(printf '%0100000d' 0)"; done
      start '' /opt/fakes/kubelet kubelet --config=/a 'two words' '' 'of
two lines' --last
      for number in 1 2 3 4 5; do start "$mallory" /tmp/m/kubelet kubelet "--fake=$number"; done
      wait_for kubelet 11`);
    const [started] = /^nm_started_of\(\) \{$.*?^\}$/msu.exec(withDaemon()) ?? [];
    const ask = `${withDaemon()}
      ${awk}
      nm_scratch=$(mktemp -d)
      nm_daemon kubelet
      # Another was started at the moment of that number.
      nm_started_of() { nm_started=$nm_found_pid; }
      nm_words_of 1
      unset -f nm_started_of
      ${started}
      nm_words_of "$nm_found_pid"
      cat "$nm_words"
      du -sk "$nm_scratch" >&2
      rm -r "$nm_scratch"`;
    const [program = '', ...before] = root.enter;
    const { stdout, stderr } = spawnSync(program, [...before, ...shell, '-c', ask, 'sh'], { encoding: 'utf8' });

    expect(stdout).toBe(
      '/opt/fakes/kubelet\n-c\nread -r _ </run/never\nkubelet\n--config=/a\ntwo words\n\nof\ntwo lines\n--last\n',
    );
    expect(Number(stderr.split('\t')[0])).toBeLessThan(100);
  });

  test('a program that was replaced while it runs is still the daemon’s', () => {
    run(`cp /opt/fakes/kubelet /opt/fakes/other; start '' /opt/fakes/kubelet kubelet; wait_for kubelet 1
      mv /opt/fakes/other /opt/fakes/kubelet`);

    expect(saidOf('kubelet', shell)).toBe('process 1 sure');
  });
});

/**
 * A stand-in for dockerd 23 and newer: with --validate it validates, unless the word before it takes that for its
 * value, as that of --pidfile does; then it starts, as the real one did in the review.
 */
const newerDockerd = `
  cat >/run/newer <<'PROGRAM'
#!/bin/sh
case " $* " in
  *' --help '*) echo '      --validate      Validate daemon configuration and exit' ;;
  *' --pidfile --validate '*) echo "$*" >/run/root-daemon-started ;;
  *' --validate '*) echo 'configuration OK' >&2 ;;
  *) echo "$*" >/run/root-daemon-started ;;
esac
PROGRAM
  chmod 0755 /run/newer
  mount --bind /run/newer /usr/sbin/dockerd`;

test('a nobody’s "dockerd" whose last word is --pidfile starts no daemon as root', () => {
  run(`${newerDockerd}
    called dockerd
    start "$mallory" /tmp/m/dockerd dockerd -H unix:///tmp/m/socket --pidfile
    wait_for dockerd 1
    echo '{}' >/run/staged`);
  const verdict = check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json');
  const started = root.run('umount /usr/sbin/dockerd; cat /run/root-daemon-started 2>/dev/null || echo nothing');

  expect(started).toBe('nothing\n');
  expect(verdict).toMatchObject({ ok: false, saw: 'which process is dockerd could not be told (not-root)' });
});

test('not even the real daemon’s words are given to a program', () => {
  run(`${newerDockerd}
    start '' /opt/fakes/dockerd dockerd -H fd:// --pidfile
    wait_for dockerd 1
    echo '{}' >/run/staged`);
  const verdict = check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json');
  const started = root.run('umount /usr/sbin/dockerd; cat /run/root-daemon-started 2>/dev/null || echo nothing');

  expect(started).toBe('nothing\n');
  expect(verdict).toMatchObject({ ok: true });
});

test('a fake kubelet’s --config copies no file of root’s into the evidence', async () => {
  run(`umask 077; echo 'apiVersion: planted-secret' >/root/secret.yaml
    called kubelet; chmod -R a+rX /tmp/m
    start "$mallory" /tmp/m/kubelet kubelet --config=/root/secret.yaml
    wait_for kubelet 1`);
  const { stdout } = await startProbe(root.enter, ['dash'], allFacts, 30).done;

  expect(stdout.toString('latin1')).not.toContain('planted-secret');
  expect(await observed('kubelet/configuration')).toBe('doubt kubelet not-root\n');
});

test.each([
  ['a link in a folder of the user’s', '/home/mallory/config.yaml', 'refused owner'],
  ['a root-only file of another kind', '/root/secret.key', 'refused kind'],
  ['a link of root’s to one of another kind', '/etc/kubelet.yaml', 'refused kind'],
  ['a folder', '/opt/folder.yaml', 'closed'],
  ['a name without a folder', 'config.yaml', 'refused relative'],
])('a real kubelet’s --config that is %s is not read either, and it is said why', async (_what, path, why) => {
  run(`umask 077; echo planted-secret >/root/secret.key; cp /root/secret.key /root/secret.yaml
    ln -sf /root/secret.yaml /home/mallory/config.yaml; ln -sf /root/secret.key /etc/kubelet.yaml; mkdir -p /opt/folder.yaml
    start '' /opt/fakes/kubelet kubelet --config=${path}
    wait_for kubelet 1`);
  const text = await observed('kubelet/configuration');

  expect(text).not.toContain('planted-secret');
  expect(text.split('\n')).toEqual(
    why === 'refused relative'
      ? expect.arrayContaining([expect.stringMatching(/^(?:missing|refused relative) config\.yaml$/)])
      : expect.arrayContaining([`${why} ${path}`]),
  );
});

test('a fake --config-file=/etc/nologin is not looked at, and a real one is not a file of docker’s', async () => {
  run(`echo '{}' >/etc/nologin
    called dockerd
    start "$mallory" /tmp/m/dockerd dockerd --config-file=/etc/nologin
    wait_for dockerd 1`);
  expect(await observed('docker/daemon')).toBe('doubt dockerd not-root\n');
  expect(await observed('docker/daemon')).toBe('doubt dockerd not-root\n');

  run(`start '' /opt/fakes/dockerd dockerd --config-file=/etc/nologin; wait_for dockerd 2`);
  expect(await observed('docker/daemon')).toContain('\nrefused kind /etc/nologin\n');
});

test('a data root that others than root can change is none: nothing in it is looked at', async () => {
  run(`mkdir -p /home/mallory/docker/containers/x && chown 0:0 /home/mallory/docker
    : >/home/mallory/docker/containers/x/x-json.log
    start '' /opt/fakes/dockerd dockerd --data-root=/home/mallory/docker
    wait_for dockerd 1`);

  expect(await observed('container-logs/log-files')).toBe('doubt docker-root owner\n');
  expect((await observed('runtimes/running')).split('\n')).toContain('refused owner /home/mallory/docker');
});
