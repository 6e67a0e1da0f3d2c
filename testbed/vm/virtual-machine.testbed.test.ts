import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, type ProcessId } from '../../lab/processes.ts';
import { processTree } from '../../lab/testing/process-tree.ts';
import breakNfs from '../../src/problems/nfs-locking/break.sh?raw';
import { vmImage, type VmImage } from './image.ts';
import { bootIdScript, type VirtualMachine } from './virtual-machine.ts';
import { VmOperator } from './vm-operator.ts';

/** What a node of the testbed cannot have: firmware, GRUB, a kernel of its own with NFS, and reboots are the real ones. */
let image: VmImage;

beforeAll(async () => {
  image = await vmImage({ environment: process.env, report: (line) => console.error(line) });
});

const argument = 'cgroup.memory=nokmem';
const reason = 'a test of the boot path';
const gate = ['--prevent', '--override-gate', reason] as const;
const change = ['kernel-memory', ...gate] as const;
const written = '/etc/default/grub.d/99-nodemend.cfg';
/** Milliseconds, for a machine that is busy with much else; on two idle processors it is a minute and a half. */
const patience = { timeout: 1_800_000 };

const served = '127.0.0.1:/srv';
/** Server and client of one machine, with Debian's rpcbind as it is after a boot, and not enabled. */
const serveNfs = `echo '/srv 127.0.0.1(rw,no_subtree_check,no_root_squash)' >/etc/exports
systemctl start rpcbind.service nfs-server.service`;
const lockOnce = 'flock -n /mnt/file echo locked 2>&1 || :';

/** Where nothing can start rpc.statd; before anything is asked of a server. */
const refusedMount = `systemctl stop nfs-server rpc-statd rpcbind.socket rpcbind
systemctl mask --runtime rpcbind.socket rpcbind.service 2>/dev/null
mount -t nfs -o vers=3 ${served} /mnt 2>&1 || :
systemctl unmask --runtime rpcbind.socket rpcbind.service 2>/dev/null`;

/** With mode, owner and bytes; modules and fonts of GRUB are not generated. */
function bootFiles(vm: VirtualMachine): Promise<string> {
  return vm.root(`find /etc/default/grub* /boot \
    '(' -name x86_64-efi -o -name i386-pc ')' -prune -o -type f -printf '%m %u:%g ' -exec sha256sum {} ';' | sort -k 4`);
}

/** What GRUB's menu boots, entry by entry. */
async function entries(vm: VirtualMachine): Promise<readonly string[]> {
  return (await vm.root(`sed -n 's/^[[:blank:]]*linux[[:blank:]]*//p' /boot/grub/grub.cfg`)).trim().split('\n');
}

async function commandLine(vm: VirtualMachine): Promise<readonly string[]> {
  return (await vm.root('cat /proc/cmdline')).trim().split(' ');
}

/** Every entry of the menu has it, single-user mode included; Debian's has that as well. */
async function expectInEveryEntry(vm: VirtualMachine): Promise<void> {
  const menu = await entries(vm);
  expect(menu.length).toBeGreaterThan(1);
  expect(menu.filter((line) => !line.includes(` ${argument}`))).toEqual([]);
}

describe('a machine that BIOS boots', () => {
  let somebody: VmOperator;
  beforeAll(async () => {
    somebody = await VmOperator.at(image, 'bios');
  }, patience.timeout);
  afterAll(() => somebody?.leave());

  it('locks over NFSv3: none while rpc.statd is a zombie, and given after nodemend’s remedy', patience, async () => {
    const vm = somebody.machine;
    await vm.root(`${serveNfs}\nset -- statd-zombie\n${breakNfs}`);
    expect(await vm.root(`mount -t nfs -o vers=3 ${served} /mnt; ${lockOnce}`)).toMatch(/No locks available/u);

    await somebody.nodemend('apply', 'nfs-locking', '--allow', 'restart', '--yes');
    expect(await vm.root(`${lockOnce}; grep ' nfs ' /proc/mounts; umount /mnt`)).toMatch(/^locked\n.*vers=3,/u);
    await somebody.nodemend('undo', somebody.run, '--allow', 'restart', '--yes');

    expect(await vm.root(refusedMount)).toContain(
      'mount.nfs: rpc.statd is not running but is required for remote locking.',
    );
  });

  it(
    'a boot argument: written, generated, in force after the reboot, and gone after an undo and its reboot',
    patience,
    async () => {
      const vm = somebody.machine;
      await vm.root('[ ! -e /sys/firmware/efi ]; [ -e /sys/fs/cgroup/memory/memory.kmem.usage_in_bytes ]');
      const before = await bootFiles(vm);
      const boots = new Set([await vm.root(bootIdScript)]);
      expect(await commandLine(vm)).not.toContain(argument);
      expect(await somebody.nodemend('plan', 'kernel-memory', '--prevent')).toMatch(/Not needed: kernel 6\.1\./);
      expect(await somebody.nodemend('plan', ...change)).toContain(`Reason given: ${reason}.`);

      await somebody.nodemend('apply', ...change, '--allow', 'reboot', '--yes');
      boots.add(await vm.root(bootIdScript));
      expect(await commandLine(vm)).toContain(argument);
      await expectInEveryEntry(vm);
      expect(await somebody.nodemend('verify', somebody.run)).toContain(`in force: ${argument}`);

      await somebody.nodemend('undo', somebody.run, '--allow', 'reboot', '--yes');
      boots.add(await vm.root(bootIdScript));
      expect(boots.size).toBe(3);
      expect(await commandLine(vm)).not.toContain(argument);
      expect(await bootFiles(vm)).toBe(before);
    },
  );
});

describe('a machine that UEFI boots', () => {
  let somebody: VmOperator;
  beforeAll(async () => {
    somebody = await VmOperator.at(image, 'uefi', gate);
  }, patience.timeout);
  afterAll(() => somebody?.leave());

  it(
    'a boot argument: written at the first boot, in force after a reboot, and written again where somebody lost it',
    patience,
    async () => {
      const vm = somebody.machine;
      // A stub, which nodemend is not to take for the configuration.
      await vm.root('[ -e /sys/firmware/efi ]; grep -q configfile /boot/efi/EFI/debian/grub.cfg');
      const said = await vm.root('cat /var/log/userscript_v2.output /var/log/userscript_v2.exitcode');
      expect(said).toContain(`${written} was written, and every entry of /boot/grub/grub.cfg has ${argument} now`);
      // The machine has no runtime, and that is said as well.
      expect(said).toMatch(/exit code 1, because of: container-logs\n1\n$/);
      expect(await commandLine(vm)).not.toContain(argument);
      await expectInEveryEntry(vm);

      const boot = await vm.root(bootIdScript);
      await somebody.nodemend('apply', ...change, '--allow', 'reboot', '--yes');
      expect(await vm.root(bootIdScript)).not.toBe(boot);
      expect(await commandLine(vm)).toContain(argument);

      // By hand: update-grub takes this processor seven seconds.
      await vm.root(`rm ${written}; sed -i 's/ ${argument}//' /boot/grub/grub.cfg`);
      expect((await entries(vm)).filter((line) => line.includes(argument))).toEqual([]);
      const lost = await bootFiles(vm);
      await somebody.nodemend('apply', ...change, '--yes');
      await expectInEveryEntry(vm);
      expect(await somebody.nodemend('verify', somebody.run)).toContain(`in force: ${argument}`);
      await somebody.nodemend('undo', somebody.run, '--yes');
      expect(await bootFiles(vm)).toBe(lost);
    },
  );
});

it('the machine ends with the process that started it, however that ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-vm-test-'));
  try {
    const starter = join(folder, 'starter.ts');
    const module = JSON.stringify(join(import.meta.dirname, 'virtual-machine.ts'));
    writeFileSync(
      starter,
      `import { startVirtualMachine } from ${module};
      await startVirtualMachine(${JSON.stringify(image)}, { firmware: 'bios' });`,
    );
    const child = fork(starter, { env: { ...process.env, TMPDIR: folder } });
    const qemu = (): ProcessId | undefined =>
      processTree(child.pid ?? 0).find(({ pid }) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu-'));
    await expect.poll(qemu, { timeout: 60_000 }).toBeDefined();
    const started = qemu();
    child.kill('SIGKILL');
    await expect.poll(() => started !== undefined && isAlive(started), { timeout: 10_000 }).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
