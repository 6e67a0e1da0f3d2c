import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daemonFromSources } from '../daemon-command.ts';
import type { NodeRun } from '../daemon/control.ts';
import { labDown } from '../lab-down.ts';
import type { LabNodeStatus, LabStatus } from '../lab-status.ts';
import type { DaemonCommand } from '../daemon/start-daemon.ts';
import { labUp } from '../lab-up.ts';
import { runProgram, type ProgramResult } from '../node-root/run-program.ts';
import { runOnNodes } from '../run-on-nodes.ts';

/** A practice cluster for a test file: its own state folder, its own loopback network. */
export interface TestLab {
  readonly status: LabStatus;
  readonly docker: LabNodeStatus;
  readonly containerd: LabNodeStatus;
  /** As root of a node, past its sshd. */
  readonly root: (node: string, script: string, ...args: readonly string[]) => Promise<NodeRun>;
  /** By the machine's OpenSSH client, as the node's login user. */
  readonly ssh: (node: string, command: string) => Promise<ProgramResult>;
  readonly down: () => Promise<void>;
}

/** Brings up `nodes` nodes: at least two, so that there is one of each runtime. */
export async function startTestLab(
  nodes: number,
  name = 'test',
  daemon: DaemonCommand = daemonFromSources(),
): Promise<TestLab> {
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-lab-'));
  const stateDir = join(parent, name);
  const removeParent = (): void => rmSync(parent, { recursive: true, force: true });
  const status = await labUp({ nodes, name, stateDir, daemon }).catch((error: unknown) => {
    removeParent();
    throw error;
  });
  const ofRuntime = (runtime: string): LabNodeStatus => {
    const found = status.nodes.find((node) => node.runtime.startsWith(runtime));
    if (!found) throw new Error(`no ${runtime} node among ${nodes}`);
    return found;
  };
  return {
    status,
    docker: ofRuntime('docker:'),
    containerd: ofRuntime('containerd:'),
    root: async (node, script, ...args) => {
      const [result] = await runOnNodes({ name, stateDir, nodes: [node], script, args });
      if (!result) throw new Error(`${node} said nothing`);
      return result;
    },
    ssh: (node, command) => runProgram('ssh', ['-F', status.folder.sshConfig, '-o', 'BatchMode=yes', node, command]),
    down: async () => {
      await labDown({ name, stateDir });
      removeParent();
    },
  };
}
