import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { operatorOf, type Operator } from '../../test/end-to-end/operator.ts';
import type { VmImage } from './image.ts';
import { startVirtualMachine, type VirtualMachine, type VmOptions } from './virtual-machine.ts';

/** Somebody with a list of hosts, a key and the hosts' keys, and no Kubernetes. */
export class VmOperator {
  readonly machine: VirtualMachine;
  readonly #operator: Operator;
  readonly #startedAt = performance.now();

  /** @param bootstrap options of `user-script`: the machine runs what it prints at its first boot */
  static async at(image: VmImage, firmware: VmOptions['firmware'], bootstrap?: readonly string[]): Promise<VmOperator> {
    const operator = operatorOf(undefined);
    try {
      if (bootstrap === undefined) return new VmOperator(await startVirtualMachine(image, { firmware }), operator);
      const { exitCode, stdout: userScript, stderr } = await operator.nodemend('user-script', ...bootstrap);
      expect(exitCode, stderr).toBe(0);
      return new VmOperator(await startVirtualMachine(image, { firmware, userScript }), operator);
    } catch (error) {
      operator.leave();
      throw error;
    }
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

  async leave(): Promise<void> {
    this.#operator.leave();
    await this.machine.stop();
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
