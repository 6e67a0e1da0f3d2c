import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../lab/daemon/in-parallel.ts';
import { lastLines, runProgram } from '../lab/node-root/run-program.ts';
import { quickKeyExchange } from './quick-key-exchange.ts';
import type { TestbedFolder } from './testbed-folder.ts';
import type { TestbedPlan } from './testbed-plan.ts';

/** sshd is there before kubelet is; a busy machine takes its time with either. */
const patienceMs = 180_000;

/**
 * Logs in to every node as its users do, until it answers: a kubelet that says Ready says nothing about sshd, which
 * resets connections while it is still starting. @throws the signal's reason, or an Error naming the node and what ssh said last
 */
export async function awaitLogIns(
  { sshConfig }: TestbedFolder,
  { nodes }: TestbedPlan,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  await inParallel(nodes, 4, async ({ name }) => {
    for (;;) {
      const options = ['-F', sshConfig, ...quickKeyExchange, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20'];
      const { exitCode, stderr } = await runProgram('ssh', [...options, name, 'true']);
      if (exitCode === 0) return;
      if (performance.now() > deadline)
        throw new Error(`${name} does not answer a log-in after ${patienceMs / 1000} s: ${lastLines(stderr)}`);
      signal?.throwIfAborted();
      await sleep(100);
    }
  });
}
