import type { ClusterEvidence, Observed } from '../../evidence/evidence.ts';
import type { VolumeFacts } from '../../evidence/volumes/volume-facts.ts';
import type { WorkloadFacts } from '../../evidence/workloads/workload.ts';
import { isSince, versionNumbers } from '../../runtimes/version.ts';
import type { PlacedWorkload } from '../kit/workload-tree.ts';

export const cinderDriver = 'cinder.csi.openstack.org';
export const secretName = 'cinder-csi-cloud-config';
export const cinderNamespace = 'kube-system';

/** NKS's user guide; the troubleshooting guide's script calls the first one otherwise, and cannot restart it. */
const parts: readonly { readonly kind: string; readonly name: string }[] = [
  { kind: 'DaemonSet', name: 'csi-cinder-nodeplugin' },
  { kind: 'StatefulSet', name: 'csi-cinder-controllerplugin' },
];

/** The guide's gate: NKS has the CSI driver since then, and had Kubernetes' own before. */
const csiSince = [1, 20] as const;

/** The first release of the driver that knows the switch (cloud-provider-openstack 1.18.0, pkg/csi/cinder). */
const switchSince = { patches: {}, later: [1, 18] } as const;

/** Whether volumes of the cluster are the driver's. */
export function hasCinder({ drivers, volumes }: VolumeFacts): Observed<boolean> {
  const isThere =
    (drivers.state === 'seen' && drivers.value.some(({ name }) => name === cinderDriver)) ||
    (volumes.state === 'seen' && volumes.value.some(({ driver }) => driver === cinderDriver));
  if (isThere) return { state: 'seen', value: true };
  if (drivers.state !== 'seen') return drivers;
  return volumes.state === 'seen' ? { state: 'seen', value: false } : volumes;
}

export function isBeforeCsi({ version }: Pick<ClusterEvidence, 'version'>): boolean {
  const [major, minor] = (version.state === 'seen' ? versionNumbers(version.value) : undefined) ?? csiSince;
  return major < csiSince[0] || (major === csiSince[0] && minor < csiSince[1]);
}

/** What of the driver reads its configuration when it starts; undefined where one is missing, or could not be listed. */
export function partsOf({ builtIn }: WorkloadFacts): readonly PlacedWorkload[] | undefined {
  const found = parts.flatMap(({ kind, name }) =>
    builtIn.flatMap((resource) =>
      resource.kind === kind && resource.objects.state === 'seen'
        ? resource.objects.value
            .filter((workload) => workload.namespace === cinderNamespace && workload.name === name)
            .map((workload) => ({ ...resource, workload }))
        : [],
    ),
  );
  return found.length === parts.length ? found : undefined;
}

/** Whether the driver is known to be too old to know the switch, by the tag of its own image. */
export function isTooOld(placed: readonly PlacedWorkload[] = []): boolean {
  const tags = placed.flatMap(({ workload }) =>
    workload.images.flatMap(({ image }) => /\/cinder-csi-plugin:([^@]+)/.exec(`/${image}`)?.[1] ?? []),
  );
  return tags.some((tag) => {
    const version = versionNumbers(tag);
    return version !== undefined && !isSince(version, switchSince);
  });
}
