import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureMachine, machineChanges, type MachineState } from '../test/canary.ts';
import { startTestLab, type TestLab } from './testing/test-lab.ts';

/** What a node tries here must fail or stay inside; that it does is seen on the machine afterwards. */
let before: MachineState;
let lab: TestLab;

beforeAll(async () => {
  before = captureMachine();
  lab = await startTestLab(2, 'canary');
});
afterAll(() => lab?.down());

async function asRoot(script: string, ...args: readonly string[]): Promise<string> {
  const { output } = await lab.root(lab.docker.name, script, ...args);
  return output.trim();
}

describe('as root of a node', () => {
  test('no setting of the kernel can be written, except those of the network namespace', async () => {
    const writable = await asRoot('find /proc/sys -type f -writable | grep -vE "^/proc/sys/net/(core|ipv4|ipv6)/"');
    expect(writable).toBe('');
    expect(await asRoot('echo 99 >/proc/sys/kernel/panic')).toMatch(/Read-only file system|cannot create/);
    expect(await asRoot('echo 1 >/proc/sys/net/ipv4/ip_forward && cat /proc/sys/net/ipv4/ip_forward')).toBe('1');
  });

  test('no file of /proc or /sys can be written or given another mode', async () => {
    const writable = await asRoot(
      'find /proc /sys -maxdepth 1 -type f -print | while read -r f; do if [ -w "$f" ] && [ ! -c "$f" ]; then ' +
        'echo "$f"; fi; done; find /sys -type f -writable | head -3',
    );
    expect(writable).toBe('');
    expect(await asRoot('chmod 0777 /proc/meminfo /sys/power 2>&1 | grep -c "Read-only"')).not.toBe('0');
    expect(
      await asRoot('if [ -e /proc/sysrq-trigger ]; then stat -c %t:%T /proc/sysrq-trigger; else echo 1:3; fi'),
    ).toBe('1:3');
  });

  test('devices: only the harmless ones, and their modes are not a node’s to change', async () => {
    expect(
      await asRoot(
        'for f in $(find /dev -path /dev/pts -prune -o ! -type l -print | sort); do if [ -c "$f" ] || [ -b "$f" ' +
          ']; then echo "$f"; fi; done | tr "\\n" " "',
      ),
    ).toBe('/dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero');
    for (const device of ['null', 'zero', 'full', 'random', 'urandom', 'tty']) {
      expect(await asRoot('chmod 0600 "/dev/$1"; chown 1000 "/dev/$1"', device)).toMatch(
        /Read-only file system[^]*Read-only file system/,
      );
    }
    expect(await asRoot('echo through >/dev/null && echo written')).toBe('written');
    expect(await asRoot('mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk | wc -c')).toMatch(/Operation not permitted/);
  });

  test('nothing can be mounted, remounted or unmounted, and no namespace made that could', async () => {
    const attempts = [
      'mount -t tmpfs none /mnt',
      'mount -t proc none /mnt',
      'mount -t sysfs none /mnt',
      'mount --bind /etc /mnt',
      'mount -o remount,rw /proc',
      'mount -o remount,rw,bind /sys',
      'umount /proc/sys/kernel/random/boot_id',
      'umount -l /proc',
      'unshare --mount true',
      'unshare --user --map-root-user true',
      'unshare --user --mount --pid --fork --map-root-user mount -t proc none /mnt',
      'hostname other',
    ];
    for (const attempt of attempts) {
      const { exitCode } = await lab.root(lab.docker.name, `${attempt} 2>/dev/null`);
      expect(exitCode, attempt).not.toBe(0);
    }
    expect(await asRoot('mount | grep -c " /mnt "')).toBe('0');
  });

  test('no clock can be set, no module loaded, no kernel log read', async () => {
    expect(await asRoot('date -s "2001-01-01" 2>&1 >/dev/null')).toMatch(/Operation not permitted/);
    const initModule =
      'case $(uname -m) in aarch64) n=105 ;; *) n=175 ;; esac; perl -e \'my $none = ""; syscall(0 + $ARGV[0], ' +
      '$none, 0, $none); print 0 + $!\' "$n"';
    // EPERM, or ENOSYS where the kernel has no modules at all.
    expect(await asRoot(initModule)).toMatch(/^(?:1|38)$/);
    expect(await asRoot('dmesg 2>&1 | head -1')).toMatch(/Operation not permitted|not permitted/);
  });

  test('the root of process 1 is the node’s own, and no descriptor leads out of it', async () => {
    expect(await asRoot('cat /proc/1/root/etc/hostname')).toBe(lab.docker.name);
    const files = await asRoot('for fd in /proc/1/fd/*; do readlink "$fd"; done; readlink /proc/1/cwd /proc/1/root');
    for (const file of files.split('\n')) expect(['/', '/dev/null', '/usr/lib/nodemend-lab/init.sh']).toContain(file);
  });

  test('processes of the machine are out of reach', async () => {
    const pids = (await asRoot('ls /proc | grep -c "^[0-9]"')).trim();
    expect(Number(pids)).toBeLessThan(30);
    expect(await asRoot('kill -0 "$1"', String(process.pid))).toMatch(/No such process/);
  });

  test('the network ends at the lab’s bridge', async () => {
    expect(await asRoot('ls /sys/class/net | tr "\\n" " "')).toBe('eth0 lo');
    const server = createServer().listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // A network namespace shares no loopback interface and knows no route to the machine.
    const dial =
      "for host in 127.0.0.1 10.77.0.1; do perl -MIO::Socket::INET -e 'print " +
      'IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>2)?"reached":"refused","\\n"\' ' +
      '"$host" "$1"; done';
    expect(await asRoot(dial, String(port))).toBe('refused\nrefused');
    server.close();
  });
});

test('the login user with sudo can do no more than that root', async () => {
  const { stdout, stderr } = await lab.ssh(
    lab.docker.name,
    'sudo grep CapBnd /proc/self/status; sudo mount -t tmpfs none /mnt; sudo sh -c "echo 99 >/proc/sys/kernel/panic"',
  );
  const bounding = BigInt(`0x${/CapBnd:\s+([0-9a-f]+)/.exec(stdout)?.[1] ?? ''}`);
  // capabilities(7): 16 SYS_MODULE, 17 SYS_RAWIO, 21 SYS_ADMIN, 25 SYS_TIME, 27 MKNOD.
  for (const capability of [16n, 17n, 21n, 25n, 27n])
    expect((bounding >> capability) & 1n, `capability ${capability}`).toBe(0n);
  expect(stderr).toMatch(/mount:/);
});

test('every number of the node’s network settings is its own', async () => {
  const addOne = `
    written=0
    for file in $(find /proc/sys/net -type f -writable); do
      value=$(cat "$file" 2>/dev/null) || continue
      case $value in '' | *[!0-9]*) continue ;; esac
      if echo $((value + 1)) >"$file"; then written=$((written + 1)); fi
    done 2>/dev/null
    echo "$written"
  `;
  const { output } = await lab.root(lab.containerd.name, addOne);
  expect(Number(output)).toBeGreaterThan(50);
  const changes = machineChanges(before, captureMachine());
  // Should a kernel know a setting that is the whole machine's after all, it is put back before this fails.
  for (const change of changes) {
    const path = /^(\/proc\/sys\/net\/\S+): /.exec(change)?.[1];
    if (path !== undefined) writeFileSync(path, before.get(path) ?? '');
  }
  expect(changes).toEqual([]);
});

test('after all that the machine is as it was: /etc, /proc/sys, device modes, network, mounts, loop devices, clock', async () => {
  expect(machineChanges(before, captureMachine())).toEqual([]);
  await lab.down();
  expect(machineChanges(before, captureMachine())).toEqual([]);
});

describe('the canary itself', () => {
  test('sees far enough to be believed', () => {
    const names = [...before.keys()];
    for (const known of [
      '/etc/passwd',
      '/etc/logrotate.conf',
      '/proc/sys/kernel/panic',
      '/proc/sys/vm/overcommit_memory',
      '/dev/null',
      'mount /proc',
    ])
      expect(names).toContain(known);
    expect(names.some((name) => name.startsWith('link '))).toBe(true);
    expect(names.filter((name) => name.startsWith('/proc/sys/')).length).toBeGreaterThan(500);
  });

  test('names what changed, what came and what went', () => {
    const one = new Map([
      ['/etc/a', '1'],
      ['/etc/b', '1'],
      ['/etc/c', '1'],
    ]);
    const two = new Map([
      ['/etc/a', '1'],
      ['/etc/b', '2'],
      ['/etc/d', '1'],
    ]);
    expect(machineChanges(one, two)).toEqual(['/etc/b: 1 → 2', '/etc/c: 1 → gone', '/etc/d: not there → 1']);
  });
});
