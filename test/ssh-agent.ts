import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SshKey } from './ssh-keys.ts';

/** A real ssh-agent of the test's own. */
export interface SshAgentProcess {
  readonly socket: string;
  readonly add: (key: SshKey) => void;
  readonly close: () => Promise<void>;
}

export async function startSshAgent(socket: string): Promise<SshAgentProcess> {
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (!existsSync(socket)) await sleep(10);
  return {
    socket,
    add: (key) => void execFileSync('ssh-add', ['-q', key.path], { env: { ...process.env, SSH_AUTH_SOCK: socket } }),
    close: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
