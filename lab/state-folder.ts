import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a lab keeps what outlives a command; everything in it is removed by `labDown`. */
export interface StateFolder {
  readonly path: string;
  /** Held open by the lab's own processes and by nobody else, which is how they are found. */
  readonly marker: string;
  /** Process id and start time of the daemon (JSON). */
  readonly daemon: string;
  /** The ClusterPlan (JSON); written before anything is started. */
  readonly plan: string;
  readonly log: string;
  /** Unix socket of the daemon. */
  readonly control: string;
  /** Mount point of the lab's file systems, empty outside of the lab's own mount namespace. */
  readonly mounts: string;
  readonly kubeconfig: string;
  readonly identity: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  /** nodemend's own configuration for this lab. */
  readonly configuration: string;
  /** For `--hosts`. */
  readonly hosts: string;
}

export function stateFolder(path: string): StateFolder {
  return {
    path,
    marker: join(path, 'running'),
    daemon: join(path, 'daemon.json'),
    plan: join(path, 'plan.json'),
    log: join(path, 'daemon.log'),
    control: join(path, 'control.sock'),
    mounts: join(path, 'mounts'),
    kubeconfig: join(path, 'kubeconfig'),
    identity: join(path, 'id_ed25519'),
    knownHosts: join(path, 'known_hosts'),
    sshConfig: join(path, 'ssh_config'),
    configuration: join(path, 'nodemend.yaml'),
    hosts: join(path, 'hosts.yaml'),
  };
}

/** `$XDG_STATE_HOME/nodemend/labs`, or `~/.local/state/nodemend/labs`. */
export function labsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const stateHome = environment['XDG_STATE_HOME'] || join(environment['HOME'] || homedir(), '.local', 'state');
  return join(stateHome, 'nodemend', 'labs');
}
