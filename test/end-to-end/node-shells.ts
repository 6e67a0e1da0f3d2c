import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runProgram } from '../../lab/node-root/run-program.ts';
import { shellWord } from '../../src/transport/command/shell-word.ts';
import { onNode } from '../../testbed/on-node.ts';
import { loginUser } from '../../testbed/testbed-plan.ts';
import type { Testbed } from '../../testbed/testbed-up.ts';
import testsSshdScript from './tests-sshd.sh?raw';

/** Root of a testbed's nodes, whatever a test has done to their sshd, sudo or login user. */
export interface NodeShells {
  /** @returns standard output and error @throws Error when the script fails */
  readonly root: (node: string, script: string, ...args: readonly string[]) => Promise<string>;
  /** Opens the way into nodes that were booted anew; a script runs without that too, only slower. */
  readonly connect: (nodes: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const port = '2222';

/** Starts the tests' own sshd on every node, reached through the bastion, with one lasting connection to each. */
export async function openNodeShells(testbed: Testbed, folder: string): Promise<NodeShells> {
  const names = testbed.plan.nodes.map(({ name }) => name);
  await Promise.all(
    names.map(async (node) => {
      const { exitCode, stderr } = await onNode(testbed, node, testsSshdScript, [loginUser]);
      if (exitCode !== 0) throw new Error(`${node}: no sshd for the tests: ${stderr}`);
    }),
  );
  const ssh = (node: string, ...options: readonly string[]): readonly string[] => {
    const address = testbed.plan.nodes.find(({ name }) => name === node)?.networkAddress ?? node;
    const login = [
      '-p',
      port,
      '-l',
      'root',
      '-o',
      `HostKeyAlias=${address}`,
      '-o',
      `ControlPath=${join(folder, `${node}.ssh`)}`,
    ];
    return [
      '-F',
      testbed.folder.sshConfig,
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=20',
      '-o',
      'ServerAliveInterval=10',
      ...login,
      ...options,
      address,
    ];
  };
  const shells: NodeShells = {
    root: async (node, script, ...args) => {
      const { exitCode, stdout, stderr } = await runProgram(
        'ssh',
        [...ssh(node), 'sh', '-s'],
        `set -- ${args.map(shellWord).join(' ')}\n${script}`,
      );
      if (exitCode !== 0) throw new Error(`${node}: exit code ${exitCode}: ${stderr}${stdout}`);
      return stdout + stderr;
    },
    connect: async (nodes) => void (await Promise.all(nodes.map((node) => quietly(ssh(node, '-f', '-N', '-M'))))),
    close: async () => void (await Promise.all(names.map((node) => quietly(ssh(node, '-O', 'exit'))))),
  };
  await shells.connect(names);
  return shells;
}

/** Without pipes: what stays in the background would hold them open. */
async function quietly(args: readonly string[]): Promise<void> {
  const child = spawn('ssh', args, { stdio: 'ignore' });
  await once(child, 'close');
}
