import type { NodeEvidence } from '../../../evidence/evidence.ts';

interface Running {
  readonly containerd: boolean;
  readonly docker: boolean;
}

/**
 * Who pulls the pods' images: what the Node object says, else what runs. dockerd always runs a containerd too, and
 * pulls by itself.
 */
export function pullsWith(node: NodeEvidence, running: Running): 'containerd' | 'docker' | 'other' {
  const reported = node.api.state === 'seen' ? node.api.value.containerRuntimeVersion : '';
  if (reported.startsWith('docker://')) return 'docker';
  if (reported.startsWith('containerd://')) return 'containerd';
  if (reported !== '') return 'other';
  return running.docker ? 'docker' : running.containerd ? 'containerd' : 'other';
}

/** `1.6.21`; undefined without the API server. */
export function containerdVersion(node: NodeEvidence): string | undefined {
  return node.api.state === 'seen'
    ? /^containerd:\/\/v?(.+)$/u.exec(node.api.value.containerRuntimeVersion)?.[1]
    : undefined;
}
