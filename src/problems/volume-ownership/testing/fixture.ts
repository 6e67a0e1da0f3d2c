import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import { foldWarnings, projectWarning } from '../../../evidence/collect-events.ts';
import { PodFold } from '../../../evidence/fold-pods.ts';
import { projectPod } from '../../../evidence/project-pod.ts';
import {
  projectAttachment,
  projectClaim,
  projectDriver,
  projectVolume,
} from '../../../evidence/volumes/project-volume.ts';
import { workloadKinds } from '../../../evidence/workloads/collect-workloads.ts';
import { projectCustom, projectWorkload } from '../../../evidence/workloads/project-workload.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { practiceCluster, tenMinutesBefore as at, volumeEvidence } from '../../testing/volume-evidence.ts';
import { problemId } from '../meta.ts';

/** Where a volume comes from, as its objects say it. */
export interface FixtureVolume {
  /** Below `spec` of the PersistentVolume; by default one of Cinder's CSI driver. */
  readonly source?: JsonObject;
  readonly accessModes?: readonly string[];
  /** Whether a VolumeAttachment says that it is on the pod's node; `absent`: there is none. */
  readonly attached?: boolean | 'absent';
}

/** A pod with one claim, called `data` in it, that has not begun. */
export interface FixturePod {
  readonly name: string;
  /** `apps/v1 StatefulSet db`; a pod that nothing made has none. */
  readonly owner?: string;
  readonly security?: JsonObject;
  readonly readOnly?: boolean;
  readonly volume?: FixtureVolume;
  /** What is said of it: reason, message, and when. */
  readonly events?: readonly (readonly [reason: string, message: string, at?: string])[];
  /** Of the events, where they are about an earlier pod of that name. */
  readonly eventsUid?: string;
}

export interface FixtureWorkload {
  /** `apps/v1 StatefulSet db`. */
  readonly is: string;
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const cinder = 'cinder.csi.openstack.org';

/** Kubelet 1.34 and 1.23, each in its own words (pkg/kubelet/volumemanager). */
export const words = {
  '1.34':
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], ' +
    'failed to process volumes=[]: context deadline exceeded',
  '1.23':
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data kube-api-access-x7k2p]: ' +
    'timed out waiting for the condition',
} as const;

function referenceOf(is: string): JsonObject {
  const [apiVersion = '', kind = '', name = ''] = is.split(' ');
  return { apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true };
}

function podObject({ name, owner, security = { fsGroup: 1000 }, readOnly = false }: FixturePod): JsonObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      creationTimestamp: at,
      ...(owner === undefined ? {} : { ownerReferences: [referenceOf(owner)] }),
    },
    spec: {
      nodeName: 'worker-1',
      serviceAccountName: 'default',
      securityContext: security,
      containers: [{ name: 'db', image: 'registry.example.test/shop/db:1' }],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: `data-${name}`, ...(readOnly ? { readOnly } : {}) } },
      ],
    },
    status: {
      phase: 'Pending',
      containerStatuses: [{ name: 'db', image: '', imageID: '', state: { waiting: { reason: 'ContainerCreating' } } }],
    },
  };
}

function volumeObjects({ name, volume = {} }: FixturePod) {
  const { source, accessModes = ['ReadWriteOnce'], attached = true } = volume;
  const csi = { driver: cinder, fsType: 'ext4', volumeHandle: name };
  return {
    claim: {
      metadata: { namespace: 'shop', name: `data-${name}` },
      spec: { volumeName: `pvc-${name}` },
      status: { capacity: { storage: '500Gi' } },
    },
    volume: {
      metadata: { name: `pvc-${name}` },
      spec: { accessModes: [...accessModes], claimRef: { name: `data-${name}` }, ...(source ?? { csi }) },
    },
    attachment:
      attached === 'absent'
        ? undefined
        : {
            spec: { nodeName: 'worker-1', source: { persistentVolumeName: `pvc-${name}` } },
            status: { attached },
          },
  };
}

function eventsOf({ name, events = [], eventsUid = `uid-${name}` }: FixturePod): readonly JsonObject[] {
  return events.map(([reason, message, time = at]) => ({
    involvedObject: { kind: 'Pod', namespace: 'shop', name, uid: eventsUid },
    reason,
    message,
    source: { component: 'kubelet', host: 'worker-1' },
    count: 1,
    lastTimestamp: time,
  }));
}

export function workloadsOf(made: readonly FixtureWorkload[]): WorkloadFacts {
  const objects = made.map(({ is, owner, labels = {}, annotations = {} }) => {
    const { apiVersion, kind, name } = referenceOf(is);
    const owners = owner === undefined ? {} : { ownerReferences: [referenceOf(owner)] };
    return {
      apiVersion: apiVersion as string,
      kind: kind as string,
      raw: {
        metadata: { name: name ?? '', namespace: 'shop', uid: `uid-${is}`, labels, annotations, ...owners },
        spec: {
          replicas: 1,
          template: { spec: { containers: [{ name: 'db', image: 'registry.example.test/shop/db:1' }] } },
        },
      } satisfies JsonObject,
    };
  });
  return {
    builtIn: workloadKinds.map((resource) => ({
      ...resource,
      objects: {
        state: 'seen',
        value: objects
          .filter(({ kind }) => kind === resource.kind)
          .flatMap(({ raw }) => projectWorkload(raw, resource.kind) ?? []),
      },
    })),
    custom: {
      state: 'seen',
      value: objects
        .filter(({ apiVersion }) => apiVersion.includes('.'))
        .map(({ apiVersion, kind, raw }) => ({
          group: apiVersion.split('/')[0] ?? '',
          version: apiVersion.split('/')[1] ?? '',
          resource: `${kind.toLowerCase()}s`,
          kind,
          objects: { state: 'seen', value: [projectCustom(raw)].filter((one) => one !== undefined) },
        })),
    },
  };
}

/** Evidence of a cluster with these pods, put together by the collector's own code. */
export function clusterWith(
  pods: readonly FixturePod[],
  {
    workloads = [],
    drivers = [{ metadata: { name: cinder }, spec: { attachRequired: true } }],
    more = {},
  }: {
    readonly workloads?: readonly FixtureWorkload[];
    readonly drivers?: readonly JsonObject[];
    readonly more?: Partial<ClusterEvidence>;
  } = {},
): Evidence {
  const fold = new PodFold();
  for (const pod of pods) {
    const projected = projectPod(podObject(pod));
    if (projected) fold.add(projected);
  }
  const objects = pods.map(volumeObjects);
  return volumeEvidence(problemId, {
    state: 'seen',
    value: {
      ...practiceCluster,
      version: { state: 'seen', value: 'v1.34.3' },
      pods: { state: 'seen', value: fold.facts() },
      events: { state: 'seen', value: foldWarnings(pods.flatMap(eventsOf).map((event) => projectWarning(event))) },
      workloads: workloadsOf(workloads),
      volumes: {
        claims: { state: 'seen', value: objects.flatMap(({ claim }) => projectClaim(claim) ?? []) },
        volumes: { state: 'seen', value: objects.flatMap(({ volume }) => projectVolume(volume) ?? []) },
        attachments: {
          state: 'seen',
          value: objects.flatMap(({ attachment }) => (attachment && projectAttachment(attachment)) ?? []),
        },
        drivers: { state: 'seen', value: drivers.map(projectDriver) },
      },
      ...more,
    },
  });
}
