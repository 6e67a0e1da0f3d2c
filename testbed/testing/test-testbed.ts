import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onNode } from '../on-node.ts';
import { kubectlEnvironment } from '../run-kubectl.ts';
import { testbedDown } from '../testbed-down.ts';
import { testbedStatus, type TestbedStatus } from '../testbed-status.ts';
import { testbedUp, type TestbedUpOptions } from '../testbed-up.ts';
import { failedTests } from './failed-tests.ts';
import { keepLogs, keepNodeLogs } from './keep-logs.ts';
import type { TestbedFolder } from '../testbed-folder.ts';
import type { TestbedSize } from '../testbed-plan.ts';

/** A testbed for a test file: its own state folder, its own loopback network. */
export interface TestTestbed {
  readonly stateDir: string;
  readonly status: () => Promise<TestbedStatus>;
  /** As root of a node, by SSH. @returns standard output @throws when it fails */
  readonly root: (node: string, script: string) => Promise<string>;
  /** @returns standard output */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  readonly down: () => Promise<void>;
}

type TestOptions = Pick<
  TestbedUpOptions,
  'name' | 'diskBytes' | 'standIn' | 'registrationMs' | 'environment' | 'userScript' | 'grub'
>;

export async function startTestTestbed(
  size: TestbedSize,
  options: string | TestOptions = 'test',
): Promise<TestTestbed> {
  const { name = 'test', ...others } = typeof options === 'string' ? { name: options } : options;
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-testbed-'));
  const stateDir = join(parent, name);
  try {
    const failed = (folder: TestbedFolder): void =>
      console.error(`it did not come up; its logs are kept in ${keepLogs(folder, name)}`);
    await testbedUp({ ...size, ...others, name, stateDir, report: (line) => console.error(line), failed });
  } catch (error) {
    rmSync(parent, { recursive: true, force: true });
    throw error;
  }
  const status = (): Promise<TestbedStatus> => testbedStatus({ name, stateDir });
  const testbed = await status();
  return {
    stateDir,
    status,
    root: async (node, script) => {
      const { exitCode, stdout, stderr } = await onNode(testbed, node, script);
      if (exitCode !== 0) throw new Error(`${node}: exit code ${exitCode}: ${stderr}${stdout}`);
      return stdout;
    },
    kubectl: async (...args) =>
      (
        await promisify(execFile)(testbed.kubectl, ['--kubeconfig', testbed.folder.kubeconfig, ...args], {
          env: { ...process.env, ...kubectlEnvironment },
        })
      ).stdout,
    down: async () => {
      if (failedTests() > 0) {
        const kept = keepLogs(testbed.folder, name);
        await keepNodeLogs(testbed, kept);
        console.error(`logs of the testbed are kept in ${kept}`);
      }
      await testbedDown({ name, stateDir });
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
