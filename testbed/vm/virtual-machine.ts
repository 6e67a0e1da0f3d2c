import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, runProgram, type ProgramResult } from '../../lab/node-root/run-program.ts';
import type { VmImage } from './image.ts';

export interface VmOptions {
  readonly firmware: 'bios' | 'uefi';
  /** What the machine runs at its first boot, as NKS runs the user script of a node group: before anybody can log in. */
  readonly userScript?: string;
}

/** A machine that boots by real firmware and GRUB, on a disk that is forgotten when it ends. */
export interface VirtualMachine {
  /** On 127.0.0.1, where its OpenSSH answers, as root alone. */
  readonly port: number;
  readonly identity: string;
  /** Holds its host key under `[127.0.0.1]:PORT`. */
  readonly knownHosts: string;
  /** Milliseconds from power-on to the first login. */
  readonly bootMs: number;
  /** Runs a POSIX sh script as root. @returns standard output @throws Error with its last words when it fails */
  readonly root: (script: string) => Promise<string>;
  /** Waits until it answers with another boot id than this one. @returns the new one */
  readonly rebooted: (bootId: string) => Promise<string>;
  /** Of this machine's processors, since power-on. */
  readonly cpuSeconds: () => number;
  /** What firmware, GRUB, kernel and init said on the serial console. */
  readonly console: () => string;
  readonly stop: () => Promise<void>;
}

/** Emulated, and beside other tests on two processors: a boot of 15 s takes a minute there. */
const patienceMs = 600_000;

export const bootIdScript = 'cat /proc/sys/kernel/random/boot_id';

/**
 * Starts one and waits until root can log in. Its network is a loopback port of this machine to its port 22, and nothing
 * else. It ends with this process, however that ends.
 * @throws Error when it ends or does not answer, with what its console said last
 */
export async function startVirtualMachine(image: VmImage, options: VmOptions): Promise<VirtualMachine> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-vm-'));
  const qemu = startQemu(folder, image, options);
  const stop = async (): Promise<void> => {
    if (!hasEnded(qemu)) {
      qemu.kill('SIGKILL');
      await once(qemu, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const console = (): string => readFileSync(join(folder, 'console'), 'utf8');
  try {
    const port = await forwardedPort(qemu);
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, `[127.0.0.1]:${port} ${image.hostKey}\n`);
    const ssh = (script: string): Promise<ProgramResult> =>
      runProgram('ssh', [...sshArguments(image.identity, knownHosts, port), 'sh', '-s'], script);
    const rebooted = (bootId: string): Promise<string> => untilBooted({ qemu, ssh, console }, bootId);
    await rebooted('none');
    return {
      port,
      identity: image.identity,
      knownHosts,
      bootMs: performance.now() - startedAt,
      root: async (script) => {
        const { exitCode, stdout, stderr } = await ssh(`set -e\n${script}`);
        if (exitCode !== 0) throw new Error(`the machine: exit code ${exitCode}: ${lastLines(`${stdout}${stderr}`)}`);
        return stdout;
      },
      rebooted,
      cpuSeconds: () => cpuSeconds(qemu),
      console,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startQemu(folder: string, image: VmImage, options: VmOptions): ChildProcess {
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', ...qemuArguments(folder, image, options)],
    // What the machine writes goes into a qcow2 over the image, which QEMU keeps here and removes while it is open.
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } },
  );
  child.on('error', () => undefined);
  return child;
}

/**
 * `qemu64` boots faster than `max`: fewer modules of the kernel find something to do. One processor: with two, which
 * wait for each other, a reboot took 42 s of CPU instead of 28, and update-grub 24 instead of 18 (2026-12-01, on busy processors).
 */
function qemuArguments(folder: string, image: VmImage, { firmware, userScript }: VmOptions): readonly string[] {
  const always = `
    -nodefaults -no-user-config -display none -monitor stdio
    -machine q35 -accel tcg,thread=multi,tb-size=256 -cpu qemu64 -smp 1 -m 512
    -device virtio-blk-pci,drive=disk,bootindex=0 -device virtio-rng-pci
    -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=net,romfile=`;
  return [
    ...always.trim().split(/\s+/),
    '-serial',
    `file:${join(folder, 'console')}`,
    '-drive',
    `file=${image.disk},if=none,id=disk,format=raw,snapshot=on,cache=unsafe`,
    ...(firmware === 'uefi' ? uefiArguments(folder, image.uefi) : []),
    ...(userScript === undefined ? [] : userScriptArguments(folder, userScript)),
  ];
}

function uefiArguments(folder: string, uefi: string): readonly string[] {
  const variables = join(folder, 'uefi-variables');
  copyFileSync(join(uefi, 'OVMF_VARS_4M.fd'), variables);
  const flash = [`readonly=on,file=${join(uefi, 'OVMF_CODE_4M.fd')}`, `file=${variables}`];
  return flash.flatMap((one, unit) => ['-drive', `if=pflash,format=raw,unit=${unit},${one}`]);
}

function userScriptArguments(folder: string, script: string): readonly string[] {
  const file = join(folder, 'user-script');
  writeFileSync(file, script);
  return ['-fw_cfg', `name=opt/testbed/user-script,file=${file}`];
}

/** The kernel chose it, so that two machines never meet; QEMU's monitor tells. */
async function forwardedPort(qemu: ChildProcess): Promise<number> {
  let said = '';
  qemu.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  qemu.stdin?.on('error', () => undefined).write('info usernet\n');
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) {
    const port = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(said)?.[1];
    if (port !== undefined) return Number(port);
    if (hasEnded(qemu)) break;
  }
  throw new Error(`QEMU does not start: ${lastLines(said)}`);
}

/** Fields 14 and 15 of proc(5), in ticks of a hundredth. */
function cpuSeconds({ pid }: ChildProcess): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ').map(Number);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) / 100;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function sshArguments(identity: string, knownHosts: string, port: number): readonly string[] {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
  ];
  return ['-F', 'none', '-i', identity, '-p', String(port), ...options.flatMap((one) => ['-o', one]), 'root@127.0.0.1'];
}

interface Booting {
  readonly qemu: ChildProcess;
  readonly ssh: (script: string) => Promise<ProgramResult>;
  readonly console: () => string;
}

async function untilBooted({ qemu, ssh, console }: Booting, before: string): Promise<string> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(200)) {
    if (hasEnded(qemu)) break;
    const { exitCode, stdout } = await ssh(bootIdScript);
    if (exitCode === 0 && stdout.trim() !== before) return stdout.trim();
  }
  throw new Error(`the machine does not answer: ${console().slice(-1500)}`);
}
