import { homedir } from 'node:os';
import { join } from 'node:path';
import type { PodSettings } from './pod-exec/pod-settings.ts';

/** Everything that the transports are told; flags, configuration and environment are read elsewhere. */
export interface TransportSettings {
  /**
   * `strict`: only hosts that known_hosts knows. `accept-new`: a host it does not know is taken and written down; one
   * whose key changed never is.
   */
  readonly hostKeyPolicy: 'strict' | 'accept-new';
  /**
   * Read in order; `accept-new` writes to the first. Absent: `~/.ssh/known_hosts` and the machine's, or what the user's
   * own ssh configuration says (`system-ssh`).
   */
  readonly knownHostsFiles?: readonly string[];
  /** Socket of the ssh-agent (`SSH_AUTH_SOCK`). */
  readonly agentSocket: string | undefined;
  /** Keys to offer to targets that name none, where the files exist. Of `ssh` alone: `system-ssh` knows its own. */
  readonly defaultIdentityFiles: readonly string[];
  /** Until a node counts as unreachable: name, connection, handshake and login together, however many tries fit in. */
  readonly connectTimeoutMs: number;
  /**
   * Asks a person for the passphrase of a key file, once for all nodes; `attempt` counts from 1, undefined means
   * declined. Absent when nobody can be asked.
   */
  readonly askPassphrase?: (path: string, attempt: number) => Promise<string | undefined>;
  /** The OpenSSH client of `system-ssh`: a name in PATH, or a path. */
  readonly sshProgram: string;
  /** What comes before the shell in `local`, see `LocalSettings.enter`. */
  readonly enter: readonly string[];
  /** Of `pod` alone; absent where there is no API server. */
  readonly pod?: PodSettings;
}

/** What OpenSSH does by itself, for the user who runs nodemend. */
export function defaultTransportSettings(
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): TransportSettings {
  return {
    hostKeyPolicy: 'strict',
    agentSocket: environment['SSH_AUTH_SOCK'] || undefined,
    defaultIdentityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name)),
    connectTimeoutMs: 10_000,
    sshProgram: 'ssh',
    enter: [],
  };
}

/** The files that OpenSSH reads by itself (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export function defaultKnownHostsFiles(home = homedir()): readonly string[] {
  const own = ['known_hosts', 'known_hosts2'].map((name) => join(home, '.ssh', name));
  return [...own, '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
}
