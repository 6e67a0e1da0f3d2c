import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import type { ExecRequest, ExecResult, NodeConnection } from '../../src/transport/transport.ts';

/** A connection into a root that exists; `enter` goes into its mount namespace where it has one. */
export function connectToRoot(name: string, root: string, enter: readonly string[] = []): NodeConnection {
  return {
    node: name,
    kind: 'local',
    user: 'root',
    hostKey: undefined,
    exec: (request) => runInRoot(root, enter, request),
    close: async () => {},
  };
}

function runInRoot(root: string, enter: readonly string[], request: ExecRequest): Promise<ExecResult> {
  const [command = '', ...args] = [...enter, 'chroot', root, '/bin/sh', '-c', request.script, 'sh', ...request.args];
  // A group of its own, so that a test can kill the whole of it from inside, as a dying node would.
  const child = spawn(command, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => {
    request.onStdout?.(chunk);
    stdout.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // it died before it read everything
  const { input = Buffer.alloc(0), streamedInput } = request;
  if (streamedInput === undefined) child.stdin.end(input);
  else pipeline(streamedInput.chunks, child.stdin).catch(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const exitCode = code ?? 137;
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        truncated: false,
        privilege: 'root',
      });
    });
  });
}
