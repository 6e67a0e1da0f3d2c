import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onNode } from '../on-node.ts';
import type { TestbedFolder } from '../testbed-folder.ts';
import type { TestbedStatus } from '../testbed-status.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** What a node tells about its last minutes. A unit or a folder that it does not have is no failure. */
const nodeReport = [
  'journalctl --no-pager -o short-precise -n 3000',
  'echo; systemctl --no-pager list-units --all',
  'echo; df -h; mount; ip addr; ps -eo pid,ppid,stat,etime,args',
  'echo; ls -lR /var/log/pods /var/log/containers /etc/logrotate.d /var/lib/nodemend',
]
  .map((line) => `{ ${line}; } 2>&1 || :`)
  .join('\n');

/**
 * Copies a testbed's own logs, those of its control plane and its events to `out/testbed-logs/`. @returns the folder
 */
export function keepLogs(folder: TestbedFolder, name: string): string {
  const kept = join(checkout, 'out', 'testbed-logs', `${name}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(kept, { recursive: true });
  for (const [path, as] of [
    [folder.log, 'testbed.log'],
    [folder.logs, 'control-plane'],
    [folder.events, 'events.jsonl'],
  ] as const) {
    if (existsSync(path)) cpSync(path, join(kept, as), { recursive: true });
  }
  return kept;
}

/** And what its nodes tell, those that still answer. */
export async function keepNodeLogs(testbed: TestbedStatus, kept: string): Promise<void> {
  await Promise.all(
    testbed.plan.nodes.map(async ({ name }) => {
      const { stdout, stderr } = await onNode(testbed, name, nodeReport);
      writeFileSync(join(kept, `${name}.txt`), `${stdout}${stderr}`);
    }),
  );
}
