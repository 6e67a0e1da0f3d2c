/**
 * A transport reaches nodes. All of them pass the contract suite in `testing/contract.ts`; nothing else in nodemend
 * opens a connection to a node or starts a process on one.
 */

export type TransportKind = 'ssh' | 'system-ssh' | 'pod' | 'local';

/** A node as a transport needs to know it. */
export interface NodeTarget {
  readonly name: string;
  /** DNS name or IP address that is dialled. */
  readonly address: string;
  /** Absent: 22, or what the user's own ssh configuration says (`system-ssh`). */
  readonly port?: number;
  /**
   * Login name; already resolved (flag, configuration, hosts file, or the platform's user for the node's osImage).
   * Absent: who runs nodemend, or what the user's own ssh configuration says (`system-ssh`).
   */
  readonly user?: string;
  readonly group?: string;
  /** Private key files, in the order to offer them; empty = the ssh-agent and the default keys of `~/.ssh`. */
  readonly identityFiles: readonly string[];
  readonly bastion?: BastionTarget;
}

export interface BastionTarget {
  readonly address: string;
  /** Absent: as for a node. */
  readonly port?: number;
  /** Absent: as for a node. */
  readonly user?: string;
  readonly identityFiles: readonly string[];
}

export interface Transport {
  readonly kind: TransportKind;
  /**
   * Opens a connection to one node, host key verified.
   * @throws NodemendError SSH_…, for `pod` POD_… and API_…, with the node's name; never retries authentication or
   *   host-key failures.
   */
  readonly connect: (target: NodeTarget, signal: AbortSignal) => Promise<NodeConnection>;
  /**
   * Whether a pod of this Job is this transport's own way to a node; absent where no pods are. Whoever empties a node
   * leaves it: with it the way would be gone.
   */
  readonly isOwnJob?: (namespace: string, name: string) => boolean;
  /** Ends shared parts (bastion connections, control masters, pods). */
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
   * @throws NodemendError COMMAND_TIMED_OUT, COMMAND_INTERRUPTED (both after the script's processes on the node were
   *   ended), SSH_CONNECTION_LOST, LOGIN_SHELL_FAILED (for `pod` POD_CONNECTION_LOST, POD_COMMAND_FAILED),
   *   SUDO_UNAVAILABLE (only for `privilege: 'root'`).
   */
  readonly exec: (request: ExecRequest) => Promise<ExecResult>;
  readonly close: () => Promise<void>;
}

export interface ExecRequest {
  /**
   * POSIX sh text, a constant of nodemend: values travel in `args` and `input`, never inside it. It runs in a shell of
   * its own with `"$$"`, traps, PATH and `LC_ALL=C` of its own, and only after it has arrived whole.
   */
  readonly script: string;
  /** `"$1"`, `"$2"` … of the script. Never a secret: a program that gets one shows it to every user of the node. */
  readonly args: readonly string[];
  /**
   * What the script reads on its standard input; without it, standard input is empty. It is one stream: a child that
   * reads it takes it from the script, so every child that should not is given `</dev/null`.
   */
  readonly input?: Uint8Array;
  /** In place of `input`: what is too large to be held, or still on its way. */
  readonly streamedInput?: StreamedInput;
  /**
   * `root`: uid 0, else `sudo -n`, else the call throws SUDO_UNAVAILABLE with the reason. `preferred`: the same, else
   * without root. `none`: as the login user.
   */
  readonly privilege: 'root' | 'preferred' | 'none';
  readonly timeoutMs: number;
  /** Cap on stdout and on stderr, each, bytes; what is over it is read and dropped. */
  readonly maxOutputBytes: number;
  /**
   * Called with the script's stdout as it arrives, before the call ends: what came before a lost connection, a time-out
   * or Ctrl-C is kept by it. The chunks joined are the result's `stdout`.
   */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /**
   * The script's stdout goes to `onStdout` alone, however long it is: the result has none of it, and the cap is not for it.
   * Meant for what is too large to be held; who takes the chunks is waited for.
   */
  readonly streams?: boolean;
  readonly signal?: AbortSignal;
}

export interface StreamedInput {
  /** Bytes; as many have to come. */
  readonly length: number;
  /**
   * Asked for a chunk when the one before it was taken. What it throws ends the script's processes, as a time-out does,
   * and is thrown by the call.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
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
