import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import type { Timing } from '../../../kubernetes/timing.ts';
import { readClusterPod } from '../preflight/cluster-pod.ts';
import { readVolumeClaim } from '../preflight/volume.ts';

export interface VolumeWait {
  readonly api: KubernetesApi;
  readonly timing: Timing;
  readonly node: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface Attachment {
  readonly name: string;
  /** Of the PersistentVolume; empty for one that is written into the pod. */
  readonly volume: string;
}

const pauseMs = 1_000;

/**
 * Waits until no volume is attached to the node but those of pods that stay: a volume that is attached when a node goes
 * down keeps its pod from starting elsewhere for minutes.
 *
 * @returns what is attached when the time is over; none is what it waits for
 * @throws NodemendError API_…, and the signal's reason
 */
export async function awaitDetached(wait: VolumeWait): Promise<readonly Attachment[]> {
  const { timing, timeoutSeconds, signal } = wait;
  const deadline = timing.monotonicMs() + timeoutSeconds * 1000;
  for (;;) {
    const attached = await attachedFor(wait);
    if (attached.length === 0 || timing.monotonicMs() >= deadline) return attached;
    await timing.sleep(pauseMs, signal);
  }
}

async function attachedFor({ api, node, signal }: VolumeWait): Promise<readonly Attachment[]> {
  const all = await api.list('/apis/storage.k8s.io/v1/volumeattachments', { project: readAttachment, signal });
  const mine = all.filter((attachment) => attachment.node === node);
  if (mine.length === 0) return [];
  const fieldSelector = `spec.nodeName=${node}`;
  const [pods, claims] = await Promise.all([
    api.list('/api/v1/pods', { project: readClusterPod, fieldSelector, signal }),
    api.list('/api/v1/persistentvolumeclaims', { project: readVolumeClaim, signal }),
  ]);
  // Pods that go are gone by now: those that are here stay.
  const used = new Set(pods.flatMap(({ namespace, needs }) => needs.claims.map((claim) => `${namespace}/${claim}`)));
  const kept = new Set(
    claims.filter(({ namespace, name }) => used.has(`${namespace}/${name}`)).map(({ volume }) => volume),
  );
  return mine.filter(({ volume }) => !kept.has(volume)).map(({ name, volume }) => ({ name, volume }));
}

function readAttachment(raw: JsonObject): Attachment & { readonly node: string } {
  const spec = object(raw['spec']);
  return {
    name: text(object(raw['metadata'])['name']),
    volume: text(object(spec['source'])['persistentVolumeName']),
    node: text(spec['nodeName']),
  };
}
