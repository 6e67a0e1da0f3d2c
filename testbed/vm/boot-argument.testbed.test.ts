import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
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
const change = ['kernel-memory', '--prevent', '--override-gate', reason] as const;
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

/** Plans, applies and verifies: what is in force then was booted by GRUB. @returns the two boots */
async function changed(somebody: VmOperator): Promise<readonly string[]> {
  const vm = somebody.machine;
  const before = await vm.root(bootIdScript);
  expect(await commandLine(vm)).not.toContain(argument);
  expect(await somebody.nodemend('plan', 'kernel-memory', '--prevent')).toMatch(/Not needed: kernel 6\.1\./);
  expect(await somebody.nodemend('plan', ...change)).toContain(`Reason given: ${reason}.`);
  await somebody.nodemend('apply', ...change, '--allow', 'reboot', '--yes');
  expect(await commandLine(vm)).toContain(argument);
  const menu = await entries(vm);
  expect(menu.length).toBeGreaterThan(1);
  expect(menu.filter((line) => !line.includes(` ${argument}`))).toEqual([]);
  expect(await somebody.nodemend('verify', somebody.run)).toContain(`in force: ${argument}`);
  return [before, await vm.root(bootIdScript)];
}

describe('a boot argument on a machine that GRUB boots', () => {
  it(
    'by BIOS: written, generated, in force after the reboot, and gone after an undo and its reboot',
    patience,
    async () => {
      const somebody = await VmOperator.at('bios');
      const vm = somebody.machine;
      const before = await bootFiles(vm);
      await vm.root('[ ! -e /sys/firmware/efi ]; [ -e /sys/fs/cgroup/memory/memory.kmem.usage_in_bytes ]');
      const boots = await changed(somebody);

      await somebody.nodemend('undo', somebody.run, '--allow', 'reboot', '--yes');
      expect(new Set([...boots, await vm.root(bootIdScript)]).size).toBe(3);
      expect(await commandLine(vm)).not.toContain(argument);
      expect(await bootFiles(vm)).toBe(before);
    },
  );

  it(
    'by UEFI, with a stub on the EFI partition: written, generated, and in force after the reboot',
    patience,
    async () => {
      const somebody = await VmOperator.at('uefi');
      await somebody.machine.root('[ -e /sys/firmware/efi ]; grep -q configfile /boot/efi/EFI/debian/grub.cfg');
      expect(new Set(await changed(somebody)).size).toBe(2);
    },
  );
});
