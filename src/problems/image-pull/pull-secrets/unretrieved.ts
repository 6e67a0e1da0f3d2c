import type { PodWarning } from '../../../evidence/pod-facts.ts';

/**
 * A Secret that kubelet could not get (pkg/kubelet/kubelet_pods.go, getPullSecretsForPod): it is not there, or kubelet
 * may not read it.
 */
export interface Unretrieved {
  readonly namespace: string;
  readonly name: string;
}

/**
 * kubelet 1.27 and later name them: `Unable to retrieve some image pull secrets (a, b); attempting to pull the image
 * may not succeed.`
 */
const words = /image pull secrets \(([^()]+)\)/u;

export function unretrievedSecrets(events: readonly PodWarning[]): readonly Unretrieved[] {
  const found = events
    .filter(({ reason }) => reason === 'FailedToRetrieveImagePullSecret')
    .flatMap(({ namespace, message }) => namesIn(message).map((name) => ({ namespace, name })));
  return [...new Map(found.map((one) => [`${one.namespace}/${one.name}`, one])).values()];
}

function namesIn(message: string): readonly string[] {
  const [, list = ''] = words.exec(message) ?? [];
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
