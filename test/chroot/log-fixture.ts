import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LogSpaceAction } from '../../src/actions/log-space/log-space-action.ts';
import { ChrootNode } from './chroot-node.ts';
import { installTools, type Shell } from './tool-root.ts';

const id = 'c0ffee01'.padStart(64, '0');

/** Folders of container logs on a node of the log-space action's tests. */
export const dockerFolder = `/var/lib/docker/containers/${id}`;
export const dockerLog = `${dockerFolder}/${id}-json.log`;
export const podFolder = '/var/log/pods/shop_api-0_5f1c2b6e-0000-4000-8000-000000000001/app';

const mebibyte = 1024 ** 2;

interface LogWriter {
  readonly say: (line: string) => Promise<void>;
}

/**
 * A node whose `/var` is a small disk of its own, and whose `/proc` is the real one: who has a file open is asked
 * there.
 */
export class LogNode extends ChrootNode {
  private readonly writers: ChildProcess[] = [];

  constructor(shell: Shell, megabytes = 48) {
    super('worker-1', shell);
    if (shell !== 'busybox') installTools(this.root, ['gzip', 'xargs']);
    this.mount('-t', 'tmpfs', '-o', `mode=0755,size=${megabytes}m`, 'tmpfs', this.path('/var'));
    this.mount('-t', 'proc', 'proc', this.path('/proc'));
    this.sh('umask 022; mkdir -p "$1$2" "$1$3"; chmod 0710 "$1$2"', dockerFolder, podFolder);
  }

  /** Runs a script of the machine's shell on the node's own files, in its mount namespace; `$1` is the node's root. */
  sh(script: string, ...args: readonly string[]): string {
    return this.outside('sh', '-euc', script, 'sh', this.root, ...args);
  }

  /** Lines as a container writes them, which gzip makes a tenth of; mode, owner and time are not the defaults. */
  log(path: string, megabytes: number): void {
    const file = this.reach(path);
    const line = 'level=info service=orders msg=accepted order=7 items=3 took_ms=87\n';
    const written = Date.parse('2026-11-20T03:00:00Z') / 1000;
    writeFileSync(file, Buffer.alloc(megabytes * mebibyte, line));
    chmodSync(file, 0o640);
    chownSync(file, 7, 8);
    utimesSync(file, written, written);
  }

  /** What gzip cannot make smaller. */
  noise(path: string, megabytes: number): void {
    this.sh(
      'head -c "$3" /dev/urandom >"$1$2"; touch -d "2026-11-20 03:00:00" "$1$2"',
      path,
      String(megabytes * mebibyte),
    );
  }

  /** Fills the disk until so many KiB are free; 0 is not one block. */
  fill(kibibytes: number): void {
    this.sh(
      'cat /dev/zero >"$1/var/filler" 2>/dev/null || :; [ "$2" = 0 ] || truncate -s "-${2}K" "$1/var/filler"',
      String(kibibytes),
    );
  }

  free(): number {
    const [blocks = 0, size = 0] = this.sh('stat -f -c "%f %S" "$1/var"').trim().split(' ').map(Number);
    return blocks * size;
  }

  /** SHA-256, mode, owner and time of the last write; empty when there is no such file. */
  seen(path: string): string {
    return this.sh('[ ! -f "$1$2" ] || { sha256sum <"$1$2"; stat -c "%a %u %g %Y" "$1$2"; }', path);
  }

  /** Every file of the logs and of nodemend's records, so that a forgotten one is noticed. */
  listing(folder: string): readonly string[] {
    return this.sh('cd "$1$2" 2>/dev/null && find . -type f | sort || :', folder)
      .split('\n')
      .filter((line) => line !== '');
  }

  /** A process that has a file open as a runtime has a container's log; `say` makes it write a line. */
  async writer(path: string, mode: '>>' | '<>' | '<'): Promise<LogWriter> {
    const script =
      `exec 3${mode}"$1"; ${mode === '<>' ? 'cat <&3 >/dev/null;' : ''} echo ready; while read -r line; do ` +
      'echo "$line" >&3; echo wrote; done';
    const [program, ...args] = [...this.enter(), 'sh', '-c', script, 'sh', this.path(path)];
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.writers.push(child);
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await answers.next();
    return {
      say: async (line) => {
        child.stdin.write(`${line}\n`);
        await answers.next();
      },
    };
  }

  override remove(): void {
    for (const writer of this.writers) writer.kill('SIGKILL');
    super.remove();
  }
}

/** The action that a plan would hold for a log as it is now. */
export function logSpaceAction(node: LogNode, path: string, change: Partial<LogSpaceAction> = {}): LogSpaceAction {
  const { dev, ino, size, blocks, mtimeMs } = statSync(node.reach(path));
  return {
    kind: 'log-space',
    id: `log-space:worker-1:${path}`,
    problem: 'container-logs',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'why.free-rotated', params: {} },
    path,
    log: 'rotated',
    keep: 'always',
    reserve: mebibyte,
    was: {
      device: String(dev),
      inode: String(ino),
      size,
      allocated: blocks * 512,
      modified: Math.floor(mtimeMs / 1000),
    },
    ...change,
  };
}
