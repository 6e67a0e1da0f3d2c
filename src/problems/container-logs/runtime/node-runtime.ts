import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import { reportedRuntime } from '../../../runtimes/reported-runtime.ts';
import type { NodeFacts } from '../facts.ts';
import type { RuntimeFacts } from '../../../runtimes/running.ts';

/** Who writes container logs on a node, and so who has to keep them small. */
export interface NodeRuntime {
  /**
   * `docker`: dockerd writes the pods' logs · `cri`: kubelet rotates them itself (containerd, CRI-O) · `none`: no
   * kubelet here.
   */
  readonly pods: 'docker' | 'cri' | 'none';
  /** dockerd runs containers here, of pods or of somebody else. */
  readonly docker: boolean;
}

/**
 * From the Node object when the API was read, else from what runs on the node. That docker and containerd are both
 * there tells nothing: docker starts its containers through containerd.
 */
export function nodeRuntime(node: NodeEvidence, facts: NodeFacts): Observed<NodeRuntime> {
  const reported = reportedRuntime(node);
  if (reported?.name === 'docker') return { state: 'seen', value: { pods: 'docker', docker: true } };
  // Whether docker runs beside another runtime only the node itself tells.
  if (facts.runtime.state !== 'seen') return facts.runtime;
  const dockerRuns = facts.runtime.value.processes.has('dockerd');
  if (reported !== undefined) return { state: 'seen', value: { pods: 'cri', docker: dockerRuns } };
  const [doubt] = doubtsOf(facts);
  if (doubt !== undefined)
    return {
      state: 'unknown',
      reason: 'unproven',
      detail: `which process is ${doubt.name} could not be told (${doubt.why})`,
    };
  const pods = podsOf(facts.runtime.value, facts);
  if (pods !== undefined) return { state: 'seen', value: { pods, docker: dockerRuns || pods === 'docker' } };
  // The pods' logs would have told.
  if (facts.logFiles.state !== 'seen') return facts.logFiles;
  return {
    state: 'unknown',
    reason: 'malformed',
    detail: 'neither the API nor the running processes tell the container runtime',
  };
}

export interface Doubt {
  readonly name: string;
  readonly why: string;
}

/**
 * Processes of a daemon's name that are not shown to be the node's own. That nobody but root can be shown who a process
 * is, is told by everything that root would have read.
 */
export function doubtsOf({ runtime }: NodeFacts): readonly Doubt[] {
  if (runtime.state !== 'seen') return [];
  return [...runtime.value.doubts].flatMap(([name, why]) => (why === 'needs-root' ? [] : [{ name, why }]));
}

function podsOf(runtime: RuntimeFacts, facts: NodeFacts): NodeRuntime['pods'] | undefined {
  const { processes } = runtime;
  const hasKubelet = processes.has('kubelet');
  // Pods' logs outlive a kubelet that is down for a moment.
  const known = (hasKubelet ? toldToKubelet(runtime) : undefined) ?? observedInPods(facts);
  return known ?? (processes.has('dockerd') && !hasKubelet ? 'none' : onlyOne(processes));
}

function toldToKubelet({ kubeletEndpoint, kubeletRuntime }: RuntimeFacts): NodeRuntime['pods'] | undefined {
  // Dockershim and cri-dockerd leave the logs to dockerd.
  if (kubeletEndpoint !== undefined) return /docker/.test(kubeletEndpoint) ? 'docker' : 'cri';
  return kubeletRuntime === 'docker' ? 'docker' : undefined;
}

/** With docker the logs under /var/log/pods are links into docker's folder, else they are files. */
function observedInPods({ logFiles }: NodeFacts): NodeRuntime['pods'] | undefined {
  if (logFiles.state !== 'seen' || logFiles.value.pods.length === 0) return undefined;
  return logFiles.value.pods.some((log) => !log.isLink) ? 'cri' : 'docker';
}

function onlyOne(processes: ReadonlySet<string>): NodeRuntime['pods'] | undefined {
  const runsOther = processes.has('containerd') || processes.has('crio');
  if (processes.has('dockerd')) return runsOther ? undefined : 'docker';
  return runsOther ? 'cri' : undefined;
}
