import { listPath, type ApiResource } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import type { Limiter } from '../../transport/limiter.ts';
import { seeing } from '../unknown.ts';
import { projectAttachment, projectClaim, projectDriver, projectVolume } from './project-volume.ts';
import type { VolumeFacts } from './volume-facts.ts';

/** What says of volumes who waits for them: `nodemend-read` may list these. */
export const volumeResources = {
  claims: { group: '', version: 'v1', resource: 'persistentvolumeclaims' },
  volumes: { group: '', version: 'v1', resource: 'persistentvolumes' },
  attachments: { group: 'storage.k8s.io', version: 'v1', resource: 'volumeattachments' },
  drivers: { group: 'storage.k8s.io', version: 'v1', resource: 'csidrivers' },
} as const satisfies Readonly<Record<keyof VolumeFacts, ApiResource>>;

interface VolumeRequest {
  /** Of claims only those of this one; what has no namespace is listed whole. */
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
  /** Of lists of a cluster at once. */
  readonly limiter: Limiter;
}

/** Claims, their volumes, where these are attached, and what their drivers are; projected while they arrive. */
export async function collectVolumes(
  api: KubernetesApi,
  { namespace, signal, limiter }: VolumeRequest,
): Promise<VolumeFacts> {
  const list = <T>(path: string, project: (raw: JsonObject) => T | undefined, key: (one: T) => string) =>
    limiter.run(() =>
      seeing(async (): Promise<readonly T[]> => {
        const listed = await api.list(path, { project, signal });
        return sortedBy(
          listed.filter((one) => one !== undefined),
          key,
        );
      }),
    );
  const { claims, volumes, attachments, drivers } = volumeResources;
  const [ofClaims, ofVolumes, ofAttachments, ofDrivers] = await Promise.all([
    list(listPath(claims, namespace), projectClaim, (one) => `${one.namespace}\n${one.name}`),
    list(listPath(volumes, undefined), projectVolume, ({ name }) => name),
    list(listPath(attachments, undefined), projectAttachment, ({ volume, node }) => `${volume}\n${node}`),
    list(listPath(drivers, undefined), projectDriver, ({ name }) => name),
  ]);
  return { claims: ofClaims, volumes: ofVolumes, attachments: ofAttachments, drivers: ofDrivers };
}

function sortedBy<T>(values: readonly T[], key: (one: T) => string): readonly T[] {
  return values
    .map((value) => [key(value), value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([, value]) => value);
}
