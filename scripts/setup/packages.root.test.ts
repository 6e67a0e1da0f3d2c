import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const inScratchRoot = join(import.meta.dirname, 'testing/in-scratch-root.sh');

/**
 * Runs shell text as root in a copy of this machine's root, where removing and installing packages changes memory only.
 * apt and dpkg are the real ones. `$setup` runs the set-up of the practice cluster's packages.
 */
function inCopyOfThisMachine(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-packages-'));
  const head = `setup="sh ${project}/scripts/setup.sh quick"; policy=/usr/sbin/policy-rc.d; rm -f $policy $policy.*\n`;
  try {
    const run = spawnSync(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child', inScratchRoot, folder, project, 'sh', '-c', head + script],
      {
        encoding: 'utf8',
        input: '',
        timeout: 50_000,
        killSignal: 'SIGKILL',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      },
    );
    return run.stdout + run.stderr;
  } finally {
    rmdirSync(folder);
  }
}

/** logrotate is small and has a unit; removing it stands for a machine that never had it. */
const withoutLogrotate = 'apt-get -qq -y purge logrotate >/dev/null 2>&1; ! command -v logrotate || exit 9\n';
/** Notes the policy in force while dpkg works. */
const watchPolicy = `echo 'DPkg::Pre-Invoke { "cp -p /usr/sbin/policy-rc.d /seen"; };' >/etc/apt/apt.conf.d/99watch\n`;
const ownPolicy = `printf '#!/bin/sh\\n# mine\\nexit 104\\n' >$policy; chmod 750 $policy; chown 1:1 $policy\n`;
const showPolicy = `stat -c '%a %u %g' $policy; cat $policy; ls $policy*\n`;
const ownPolicyShown = '750 1 1\n#!/bin/sh\n# mine\nexit 104\n/usr/sbin/policy-rc.d\n';

describe('the set-up of Debian packages', () => {
  it('says what it installs, installs that, and does nothing the second time', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} $setup; command -v logrotate; echo again; $setup; echo "rc $?"`,
    );

    expect(output).toMatch(/^set-up: Debian packages to install: logrotate$/m);
    expect(output).toMatch(/^\/usr\/sbin\/logrotate\nagain\nrc 0$/m);
  });

  it('lets no service start, and takes its policy away again', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate}${watchPolicy} $setup >/dev/null 2>&1; cat /seen; ls $policy* 2>/dev/null; echo end`,
    );

    expect(output).toBe(
      '#!/bin/sh\n# Put here by nodemend for one apt-get run: no service may start.\nexit 101\nend\n',
    );
  });

  it('leaves a server that it brought disabled and not running', () => {
    const output = inCopyOfThisMachine(`
      apt-get -qq -y purge openssh-server logrotate >/dev/null 2>&1
      $setup >/dev/null 2>&1
      command -v sshd; find /etc/systemd -name 'ssh*' -o -name 'logrotate*'; ps -e -o comm= | grep sshd; echo end`);

    expect(output).toBe('/usr/sbin/sshd\nend\n');
  });

  it('puts an existing policy back byte for byte, with its owner and mode', () => {
    const output = inCopyOfThisMachine(`${withoutLogrotate}${ownPolicy} $setup >/dev/null 2>&1; ${showPolicy}`);

    expect(output).toBe(ownPolicyShown);
  });

  it('puts it back after Ctrl-C in the middle of apt-get', () => {
    const output = inCopyOfThisMachine(`${withoutLogrotate}${ownPolicy}
      echo 'DPkg::Pre-Invoke { "touch /started; exec sleep 60"; };' >/etc/apt/apt.conf.d/99slow
      { echo; while [ ! -e /started ]; do sleep 0.1; done; printf '\\003'; } | script -qec "$setup" /dev/null >/dev/null
      ${showPolicy}`);

    expect(output).toBe(ownPolicyShown);
  });

  it('puts it back at the next run after it was killed', () => {
    const output = inCopyOfThisMachine(`${withoutLogrotate}${ownPolicy}
      echo 'DPkg::Pre-Invoke { "touch /started; exec sleep 60"; };' >/etc/apt/apt.conf.d/99slow
      setsid sh -c "echo \\$\\$ >/group; exec $setup" >/dev/null 2>&1 &
      while [ ! -e /started ]; do sleep 0.1; done
      kill -KILL -"$(cat /group)"
      wait
      rm /etc/apt/apt.conf.d/99slow
      $setup >/dev/null 2>&1
      ${showPolicy}`);

    expect(output).toBe(ownPolicyShown);
  });

  it('asks once on a terminal, and Enter means yes', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} printf '\\n' | script -qec "$setup" /dev/null; command -v logrotate`,
    );

    expect(output).toContain('install them? [Y/n]');
    expect(output).toMatch(/^\/usr\/sbin\/logrotate$/m);
  });

  it('installs nothing when declined, says how to do it by hand, and goes on', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} printf 'n\\n' | script -qec "$setup" /dev/null; echo "rc $?"; command -v logrotate`,
    );

    expect(output.replaceAll('\r', '')).toMatch(
      /set-up: declined\n {2}next: apt-get install --no-install-recommends logrotate\nset-up: going on without\nrc 0\n$/,
    );
  });

  it('tells a user who is not root what to install, and goes on', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} HOME=/tmp/home setpriv --reuid 65534 --regid 65534 --clear-groups $setup; echo "rc $?"`,
    );

    expect(output).toContain(
      'set-up: root is needed to install Debian packages: logrotate\n' +
        '  next: sudo apt-get install --no-install-recommends logrotate\nset-up: going on without\n',
    );
    expect(output).toMatch(/^rc 0$/m);
  });

  it('names what is missing where there is no apt; the testbed alone ends with it', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} exec 2>&1; rm /usr/bin/apt-get; $setup; echo "rc $?"; \${setup%quick}testbed; echo "rc $?"`,
    );

    const missing =
      'set-up: programs are missing, and there is no apt: logrotate (logrotate)\n' +
      "  next: install them with this system's package manager (Debian's package names are in brackets)\n";
    expect(output).toBe(`${missing}set-up: going on without\nrc 0\n${missing}rc 1\n`);
  });

  it('goes on where apt does not know a package, or has no network', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} exec 2>/dev/null; rm -rf /var/lib/apt/lists /etc/apt/sources.list*; $setup; echo "rc $?"
      echo 'deb http://127.0.0.1:1/ nowhere main' >/etc/apt/sources.list; $setup; echo "rc $?"; ls $policy*; echo end`,
    );

    const without =
      'set-up: apt finds not all of them (another distribution, or no network); installed: none\n' +
      '  next: apt-get install --no-install-recommends logrotate\nset-up: going on without\nrc 0\n';
    expect(output.split(without)).toHaveLength(3);
    expect(output).toMatch(/\nrc 0\nend\n$/);
  });

  it('installs nothing for practice nodes where root may make no namespaces', () => {
    const output = inCopyOfThisMachine(
      `${withoutLogrotate} setpriv --bounding-set=-sys_admin --inh-caps=-all $setup; echo "rc $?"; command -v logrotate`,
    );

    expect(output).toMatch(/^set-up: root may not make namespaces on this machine, .*\nrc 0\n$/);
  });

  it('refreshes the package lists of a machine that has none', () => {
    const output = inCopyOfThisMachine(`${withoutLogrotate} rm -rf /var/lib/apt/lists; $setup; command -v logrotate`);

    expect(output).toContain("set-up: refreshing apt's package lists");
    expect(output).toMatch(/^\/usr\/sbin\/logrotate$/m);
  });
});
