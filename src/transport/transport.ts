/**
 * A transport reaches nodes. All of them pass the contract suite in `contract.ts`; nothing else in nodemend opens a connection
 * to a node or starts a process on one.
 */

export type TransportKind = 'ssh' | 'system-ssh' | 'pod' | 'local';

/** A node as a transport needs to know it. */
export interface NodeTarget {
  readonly name: string;
  /** DNS name or IP address that is dialled. */
  readonly address: string;
  readonly port: number;
  /** Login name; already resolved (flag, configuration, hosts file, or the platform's user for the node's osImage). */
  readonly user: string;
  readonly group?: string;
  /** Private key files, in the order to offer them; empty = the ssh-agent and the default keys of `~/.ssh`. */
  readonly identityFiles: readonly string[];
  readonly bastion?: BastionTarget;
}

export interface BastionTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
}

export interface Transport {
  readonly kind: TransportKind;
  /**
   * Opens a connection to one node, host key verified.
   * @throws NodemendError SSH_… with the node's name; never retries authentication or host-key failures.
   */
  readonly connect: (target: NodeTarget, signal: AbortSignal) => Promise<NodeConnection>;
  /** Ends shared parts (bastion connections, control masters). */
  readonly close: () => Promise<void>;
}

export interface NodeConnection {
  readonly node: string;
  readonly kind: TransportKind;
  readonly user: string;
  /** `SHA256:…` of the host key that was verified; undefined for `local` and `pod`. */
  readonly hostKey: string | undefined;
  /**
   * Runs one POSIX sh script on the node.
   * @throws NodemendError COMMAND_TIMED_OUT, SSH_CONNECTION_LOST, SUDO_UNAVAILABLE (only for `privilege: 'root'`).
   */
  readonly exec: (request: ExecRequest) => Promise<ExecResult>;
  readonly close: () => Promise<void>;
}

export interface ExecRequest {
  /** POSIX sh text, a constant of nodemend: values travel in `args` and `input`, never inside it. */
  readonly script: string;
  /** `"$1"`, `"$2"` … of the script. Never a secret: arguments are visible to every user of the node. */
  readonly args: readonly string[];
  /** What the script reads on its standard input; without it, standard input is empty. */
  readonly input?: Uint8Array;
  /**
   * `root`: uid 0, else `sudo -n`, else the call throws SUDO_UNAVAILABLE with the reason. `preferred`: the same, else without
   * root. `none`: as the login user.
   */
  readonly privilege: 'root' | 'preferred' | 'none';
  readonly timeoutMs: number;
  /** Cap on stdout and on stderr, each, bytes; what is over it is read and dropped. */
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  /** The script's own exit code; 128 + n when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: boolean;
  /** How the script really ran. */
  readonly privilege: 'root' | 'sudo' | 'unprivileged';
  /** Why sudo did not work, for `preferred`. */
  readonly sudo?: 'absent' | 'password-needed' | 'not-allowed' | 'tty-needed' | 'failed';
}
