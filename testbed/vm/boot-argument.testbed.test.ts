import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, type ProcessId } from '../../lab/processes.ts';
import { processTree } from '../../lab/testing/process-tree.ts';
import { operatorOf, type Operator } from '../../test/end-to-end/operator.ts';
import { vmImage, type VmImage } from './image.ts';
import { bootIdScript, startVirtualMachine, type VirtualMachine, type VmOptions } from './virtual-machine.ts';

/** What a boot argument is for: firmware, GRUB and kernel are the real ones, and so is each reboot. */
let image: VmImage;
let machine: VirtualMachine | undefined;
let operator: Operator | undefined;

beforeAll(async () => {
  image = await vmImage({ environment: process.env, report: (line) => console.error(line) });
});
afterEach(async () => {
  operator?.leave();
  await machine?.stop();
  operator = machine = undefined;
});

const argument = 'cgroup.memory=nokmem';
const reason = 'a test of the boot path';
const gate = ['--prevent', '--override-gate', reason] as const;
const change = ['kernel-memory', ...gate] as const;
const written = '/etc/default/grub.d/99-nodemend.cfg';
/** Milliseconds, for a machine that is busy with much else; on two idle processors it is a minute and a half. */
const patience = { timeout: 1_800_000 };

/** Somebody with a list of hosts, a key and the hosts' keys, and no Kubernetes. */
class VmOperator {
  readonly machine: VirtualMachine;
  readonly #operator: Operator;
  readonly #startedAt = performance.now();

  static async at(firmware: VmOptions['firmware']): Promise<VmOperator> {
    operator = operatorOf(undefined);
    machine = await startVirtualMachine(image, { firmware });
    return new VmOperator(machine, operator);
  }

  /** Of a machine that ran nodemend's user script at its first boot. */
  static async atNew(firmware: VmOptions['firmware']): Promise<VmOperator> {
    operator = operatorOf(undefined);
    const { exitCode, stdout: userScript, stderr } = await operator.nodemend('user-script', ...gate);
    expect(exitCode, stderr).toBe(0);
    machine = await startVirtualMachine(image, { firmware, userScript });
    return new VmOperator(machine, operator);
  }

  private constructor(vm: VirtualMachine, somebody: Operator) {
    this.machine = vm;
    this.#operator = somebody;
    writeFileSync(join(somebody.folder, 'hosts'), `vm 127.0.0.1 user=root port=${vm.port}\n`);
    this.#took(`login, ${seconds(vm.bootMs)} s after power-on`);
  }

  /** @returns standard output in one line @throws Error when it does not end with 0 */
  async nodemend(...words: readonly string[]): Promise<string> {
    const { identity, knownHosts } = this.machine;
    const connection = ['--hosts', 'hosts', '--via', 'ssh', '--identity', identity, '--known-hosts', knownHosts];
    const result = await this.#operator.nodemend(...words, ...connection);
    this.#took(words.slice(0, 2).join(' '));
    expect(result, `${result.stdout}${result.stderr}`).toMatchObject({ exitCode: 0 });
    return result.stdout.replaceAll(/\s+/g, ' ');
  }

  /** The run that was begun last. */
  get run(): string {
    return this.#operator.runs().at(-1) ?? '';
  }

  #took(what: string): void {
    console.error(
      `${seconds(performance.now() - this.#startedAt)} s, QEMU ${this.machine.cpuSeconds().toFixed(1)} s of CPU: ${what}`,
    );
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

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

describe('a boot argument on a machine that GRUB boots', () => {
  it(
    'by BIOS: written, generated, in force after the reboot, and gone after an undo and its reboot',
    patience,
    async () => {
      const somebody = await VmOperator.at('bios');
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

  it(
    'by UEFI: written at the first boot, in force after a reboot, and written again where somebody lost it',
    patience,
    async () => {
      const somebody = await VmOperator.atNew('uefi');
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

      await vm.root(`rm ${written}; update-grub`);
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
