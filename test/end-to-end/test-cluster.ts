/**
 * Brings up a cluster for one suite, or gives it one that is as on its first day. The suite calls `down` when it is
 * done.
 */
export type OpenCluster = () => Promise<TestCluster>;

/**
 * Which of the cases that differ by a signal, or by the moment in which nodemend's own process is killed: all on the
 * practice cluster, whose sshd, logrotate and files are real, too; the first of each kind on the testbed.
 */
export type CaseChoice = 'all' | 'first of a kind';

export function ofAKind<T>(cases: readonly T[], choice: CaseChoice): readonly T[] {
  return choice === 'all' ? cases : cases.slice(0, 1);
}

/**
 * What the end-to-end suite needs of a cluster. The suite names no other thing of it, so that any cluster can stand in.
 */
export interface TestCluster {
  /** In the order of their names. Both runtimes are among them when there are two or more. */
  readonly nodes: readonly ClusterNode[];
  /** What an operator's shell has set, so that `nodemend diagnose` means this cluster. */
  readonly environment: Readonly<Record<string, string>>;
  readonly kubeconfig: string;
  /** Of the kubeconfig: one that may do everything, and one that may only look. */
  readonly contexts: { readonly change: string; readonly read: string };
  /** For `--hosts`. */
  readonly hostsFile: string;
  /** Files that hold the credentials of the cluster's user, none of which may be seen anywhere else. */
  readonly credentials: { readonly sshKey: string };
  /**
   * Runs a POSIX sh script as root of a node, past its sshd. @returns standard output and error. @throws when it fails
   */
  readonly root: (node: string, script: string, ...args: readonly string[]) => Promise<string>;
  /** Injects a fault of a problem, by its break.sh. */
  readonly breakNodes: (problem: string, fault: string, nodes: readonly string[]) => Promise<void>;
  /** Nodes as on the day they were made, with another boot id. */
  readonly renew: (nodes: readonly string[]) => Promise<void>;
  /** sshd of a node neither answers nor refuses, until `thawSsh`. */
  readonly freezeSsh: (node: string) => Promise<void>;
  readonly thawSsh: (node: string) => Promise<void>;
  /** Container logs of a node stop growing, so that two looks at it see the same. */
  readonly quietLogs: (node: string) => Promise<void>;
  readonly down: () => Promise<void>;
}

export interface ClusterNode {
  readonly name: string;
  readonly runtime: 'docker' | 'containerd';
  /** Who logs in by SSH. */
  readonly user: string;
}
