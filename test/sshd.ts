import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { PrivateRoot } from './private-root.ts';
import { makeSshKey, type KeyType, type SshKey } from './ssh-keys.ts';

export interface SshdOptions {
  readonly hostKeys?: readonly KeyType[];
  /** Lines of sshd_config that come before the fixture's own; sshd takes the first value it finds. */
  readonly config?: readonly string[];
  /** Called with the folder of the host keys before sshd starts, for what needs them (`host_ed25519`). */
  readonly prepare?: (folder: string) => void;
  /** An sshd that was closed: start it again, on its port and with its keys. */
  readonly again?: Sshd;
}

/** A real OpenSSH server on a loopback port, inside a private root. */
export interface Sshd {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly hostKeys: readonly SshKey[];
  /** The line by which a client's known_hosts knows the server's first key. */
  readonly knownHostsLine: string;
  /** Lets a user of the private root in with a key. */
  readonly authorize: (user: string, key: SshKey) => void;
  /** Ends the processes that serve connections, as a crash would; the server itself goes on. */
  readonly dropConnections: () => void;
  /** What sshd wrote to its log so far. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

/**
 * A connection has a process of root's and one of the user's, which OpenSSH 9.8 and newer call sshd-session; what runs
 * under them goes on.
 */
const dropConnections =
  'for monitor in $(pgrep -P "$(cat "$1")"); do ' +
  `pkill -KILL -P "$monitor" -x 'sshd|sshd-session'; kill -KILL "$monitor"; done; :`;

export async function startSshd(root: PrivateRoot, options: SshdOptions = {}): Promise<Sshd> {
  const { folder, port, hostKeys } = options.again ?? (await configure(root, options));

  const [program = '', ...enter] = root.enter;
  const child = spawn(program, [...enter, '/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit');
  while (!log.includes('Server listening on')) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${log}`);
    await Promise.race([once(child.stderr, 'data'), exited]);
  }

  const pidFile = join(folder, 'sshd.pid');
  return {
    folder,
    address: '127.0.0.1',
    port,
    hostKeys,
    knownHostsLine: `[127.0.0.1]:${port} ${hostKeys[0]?.publicLine}`,
    authorize: (user, key) => appendFileSync(join(folder, 'authorized', user), `${key.publicLine}\n`),
    dropConnections: () => void root.run(dropConnections, pidFile),
    log: () => log,
    close: async () => {
      root.run(`kill "$(cat "$1")"; ${dropConnections}`, pidFile);
      await exited;
    },
  };
}

async function configure(root: PrivateRoot, options: SshdOptions): Promise<Pick<Sshd, 'folder' | 'port' | 'hostKeys'>> {
  const folder = mkdtempSync(join(root.shared, 'sshd-'));
  // sshd reads the authorized keys as the user that logs in.
  chmodSync(root.shared, 0o755);
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'authorized'));
  const hostKeys = (options.hostKeys ?? ['ed25519']).map((type) => makeSshKey(folder, `host_${type}`, { type }));
  options.prepare?.(folder);
  const port = await freePort();
  writeFileSync(
    join(folder, 'sshd_config'),
    [...(options.config ?? []), ...settings(folder, port, hostKeys), ''].join('\n'),
  );
  return { folder, port, hostKeys };
}

function settings(folder: string, port: number, hostKeys: readonly SshKey[]): readonly string[] {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    ...hostKeys.map(({ path }) => `HostKey ${path}`),
    `PidFile ${join(folder, 'sshd.pid')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized')}/%u`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 400:30:600',
    'LogLevel VERBOSE',
    // OpenSSH 9.8 and newer shut an address out that fails often, as some tests must; older ones do not know the word.
    ...(knows('PerSourcePenalties=no') ? ['PerSourcePenalties no'] : []),
  ];
}

function knows(option: string): boolean {
  const { stderr } = spawnSync('/usr/sbin/sshd', ['-t', '-f', '/dev/null', '-o', option], { encoding: 'utf8' });
  return !stderr.includes('Bad configuration option');
}
