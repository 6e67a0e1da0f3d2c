import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram, type ProgramResult } from '../lab/node-root/run-program.ts';
import fillScript from './fill.sh?raw';
import { quickKeyExchange } from './quick-key-exchange.ts';
import { plannedNode } from './testbed-plan.ts';
import type { Testbed } from './testbed-up.ts';

/**
 * Everything here reaches a node by SSH, as its users do. Never by nsenter: what comes from outside keeps the machine's
 * capabilities, and could set its clock.
 */
function sshArguments({ plan, folder }: Testbed, node: string): readonly string[] {
  return ['-F', folder.sshConfig, ...quickKeyExchange, '-o', connectTimeout, plannedNode(plan, node).name];
}

/** It counts until sshd has said who it is, and a busy machine takes its time with that. */
const connectTimeout = 'ConnectTimeout=10';

/** A login on this terminal, or a command; the exit code is the other side's. */
export function openShell(testbed: Testbed, node: string, command: readonly string[]): Promise<number> {
  const terminal = process.stdin.isTTY && command[0] === 'sudo' ? ['-t'] : [];
  const child = spawn('ssh', [...terminal, ...sshArguments(testbed, node), '--', ...command], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 128));
  });
}

/** Runs a POSIX sh script as root of a node; arguments must be plain words. */
export async function onNode(
  testbed: Testbed,
  node: string,
  script: string,
  args: readonly string[] = [],
): Promise<ProgramResult> {
  for (const arg of args) if (!/^[\w./%:=+-]+$/.test(arg)) throw new Error(`not a plain word: ${arg}`);
  return runProgram(
    'ssh',
    ['-o', 'BatchMode=yes', ...sshArguments(testbed, node), 'sudo', 'sh', '-s', '--', ...args],
    script,
  );
}

/** It is seconds; machines of a CI may be many times slower. */
const rebootPatienceMs = 180_000;
const bootId = 'cat /proc/sys/kernel/random/boot_id';

/** `systemctl reboot`, until SSH answers from another boot. @returns milliseconds */
export async function rebootNode(testbed: Testbed, node: string): Promise<number> {
  const before = await onNode(testbed, node, bootId);
  if (before.exitCode !== 0) throw new Error(`${node} does not answer: ${before.stderr.trim()}`);
  const startedAt = performance.now();
  await onNode(testbed, node, 'systemctl reboot');
  for (;;) {
    await sleep(100);
    const now = await onNode(testbed, node, bootId);
    if (now.exitCode === 0 && now.stdout !== before.stdout) return performance.now() - startedAt;
    if (performance.now() - startedAt > rebootPatienceMs)
      throw new Error(`${node} is not back after ${rebootPatienceMs / 1000} s`);
  }
}

/** Fills a node's disk up to a share of its size. @returns what df says then */
export async function fillDisk(testbed: Testbed, node: string, share: string): Promise<string> {
  const percent = /^(\d{1,2})%$/.exec(share)?.[1];
  if (percent === undefined)
    throw new Error(`fill takes a share of the disk, not ${share || 'nothing'}\n  next: fill ${node || 'NODE'} 92%`);
  const { exitCode, stdout, stderr } = await onNode(testbed, node, fillScript, [percent]);
  if (exitCode !== 0) throw new Error(`${node}: ${stderr.trim()}`);
  return stdout.trimEnd();
}
