import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { reportedRuntime } from '../../../runtimes/reported-runtime.ts';

interface Running {
  readonly containerd: boolean;
  readonly docker: boolean;
}

/**
 * Who pulls the pods' images: what the Node object says, else what runs. dockerd always runs a containerd too, and
 * pulls by itself.
 */
export function pullsWith(node: NodeEvidence, running: Running): 'containerd' | 'docker' | 'other' {
  const reported = reportedRuntime(node)?.name;
  if (reported === 'docker' || reported === 'containerd') return reported;
  if (reported !== undefined) return 'other';
  return running.docker ? 'docker' : running.containerd ? 'containerd' : 'other';
}

/** `1.6.21`; undefined without the API server. */
export function containerdVersion(node: NodeEvidence): string | undefined {
  const reported = reportedRuntime(node);
  return reported?.name === 'containerd' ? reported.version : undefined;
}
