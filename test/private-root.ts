import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * A root file system of its own for a test: the machine's, plus changes that stay in memory. Users, sudoers and sshd
 * settings of a test live in one, so the machine's own /etc is never touched. It shares the machine's network. Needs
 * root.
 */
export interface PrivateRoot {
  /** Program and arguments that run what follows them inside. */
  readonly enter: readonly string[];
  /** A folder that inside and outside see under the same name. */
  readonly shared: string;
  /** Runs `sh -c script` inside and gives its standard output. Throws when it fails. */
  readonly run: (script: string, ...args: readonly string[]) => string;
  /** Ends all that runs inside and drops all changes. */
  readonly close: () => Promise<void>;
}

/** @param machine a folder whose files the machine seems to have, above its own */
export async function createPrivateRoot(machine = ''): Promise<PrivateRoot> {
  const shared = mkdtempSync(join(tmpdir(), 'nodemend-root-'));
  const inside = ['/bin/sh', join(import.meta.dirname, 'private-root.sh'), shared, machine];
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child=KILL', '--', ...inside], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'close');
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.value !== 'ready') throw new Error(`no private root: ${errors}`);

  // unshare waits outside the namespace for its one child, which is process 1 inside.
  const init = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const enter = ['nsenter', '--target', init, '--mount', '--pid', '--'];
  return {
    enter,
    shared,
    run: (script, ...args) => runInside(enter, script, args),
    close: async () => {
      child.stdin.end();
      await exited;
      rmSync(shared, { recursive: true, force: true });
    },
  };
}

function runInside(enter: readonly string[], script: string, args: readonly string[]): string {
  const [program = '', ...before] = enter;
  const done = spawnSync(program, [...before, '/bin/sh', '-c', script, 'sh', ...args], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`inside the private root: exit ${done.status}: ${done.stderr}`);
  return done.stdout;
}
