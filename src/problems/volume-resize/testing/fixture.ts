import { projectCinderConfig } from '../../../evidence/cinder/collect-cinder-config.ts';
import type { ClusterEvidence, Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { projectClaim, projectDriver, projectVolume } from '../../../evidence/volumes/project-volume.ts';
import { workloadKinds } from '../../../evidence/workloads/collect-workloads.ts';
import { projectWorkload } from '../../../evidence/workloads/project-workload.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { cinderDriver, secretName } from '../cinder.ts';
import { practiceCluster, volumeEvidence } from '../../testing/volume-evidence.ts';
import { problemId } from '../meta.ts';

export const gib = 1024 ** 3;

/** What the Secret holds besides: none of it may be seen anywhere. */
export const password = 'correct-horse-battery';

export const files = {
  off: `[Global]\npassword=${password}\n`,
  'turned-off': `[Global]\npassword=${password}\n[BlockStorage]\nrescan-on-resize=false\n`,
  on: `[Global]\npassword=${password}\n[BlockStorage]\nrescan-on-resize=true\n`,
  broken: `password=${password}\n`,
} as const;

export interface FixtureClaim {
  readonly name: string;
  readonly capacity?: string;
  readonly driver?: string;
  /** Since when its file system has to grow. */
  readonly pendingSince?: string;
  /** Of its file system, where a pod has mounted it. */
  readonly bytes?: number;
}

export interface FixtureState {
  readonly version?: string;
  /** The file; or `absent`, or `unread`. */
  readonly config?: string;
  /** Of the Secret's metadata. */
  readonly metadata?: JsonObject;
  readonly immutable?: true;
  readonly claims?: readonly FixtureClaim[];
  readonly drivers?: readonly string[];
  readonly tag?: string;
  readonly workloads?: WorkloadFacts;
  /** What the node's kubelet said of its volumes; `unread`: nobody asked. */
  readonly kubelet?: NodeEvidence['mounted'] | 'unread';
  readonly more?: Partial<ClusterEvidence>;
}

/** The driver's workloads, under their real names. */
export function workloadsOf(tag: string, strategy = 'RollingUpdate', metadata: JsonObject = {}): WorkloadFacts {
  const names: Readonly<Record<string, string>> = {
    DaemonSet: 'csi-cinder-nodeplugin',
    StatefulSet: 'csi-cinder-controllerplugin',
  };
  const image = `docker.io/k8scloudprovider/cinder-csi-plugin:${tag}`;
  return {
    builtIn: workloadKinds.map((resource) => {
      const name = names[resource.kind];
      const raw = {
        metadata: { name: name ?? '', namespace: 'kube-system', uid: `uid-${resource.kind}`, ...metadata },
        spec: {
          updateStrategy: { type: strategy },
          template: { spec: { containers: [{ name: 'cinder-csi-plugin', image }] } },
        },
      };
      return {
        ...resource,
        objects: { state: 'seen', value: name === undefined ? [] : [projectWorkload(raw, resource.kind) ?? []].flat() },
      };
    }),
    custom: { state: 'not-looked-at', enable: '--custom-resources' },
  };
}

export function stateOf(state: FixtureState): Evidence {
  const { version = 'v1.24.3', claims = [], drivers = [cinderDriver], tag = 'v1.20.3', kubelet, more = {} } = state;
  const cluster: ClusterEvidence = {
    ...practiceCluster,
    version: { state: 'seen', value: version },
    workloads: state.workloads ?? workloadsOf(tag),
    volumes: {
      claims: { state: 'seen', value: claims.flatMap(claimOf) },
      volumes: { state: 'seen', value: claims.flatMap(volumeOf) },
      attachments: { state: 'seen', value: [] },
      drivers: { state: 'seen', value: drivers.map((name) => projectDriver({ metadata: { name } })) },
    },
    cinderConfig: configOf(state),
    ...more,
  };
  const mounted = claims.flatMap(({ name, bytes }) =>
    bytes === undefined ? [] : [{ namespace: 'shop', name, capacityBytes: bytes }],
  );
  return volumeEvidence(
    problemId,
    { state: 'seen', value: cluster },
    kubelet === 'unread' ? undefined : (kubelet ?? { state: 'seen', value: mounted }),
  );
}

function configOf({
  config = files.on,
  metadata = {},
  immutable,
}: FixtureState): NonNullable<ClusterEvidence['cinderConfig']> {
  if (config === 'unread') return { state: 'not-looked-at', enable: '--use-secrets kube-system' };
  const secret: JsonObject = {
    metadata: { name: secretName, uid: 'uid-secret', resourceVersion: '7', ...metadata },
    data: { 'cloud-config': Buffer.from(config).toString('base64') },
    ...(immutable ? { immutable } : {}),
  };
  return { state: 'seen', value: config === 'absent' ? config : (projectCinderConfig(secret) ?? 'absent') };
}

function claimOf({ name, capacity = '20Gi', pendingSince }: FixtureClaim) {
  const conditions =
    pendingSince === undefined
      ? []
      : [{ type: 'FileSystemResizePending', status: 'True', lastTransitionTime: pendingSince }];
  return (
    projectClaim({
      metadata: { namespace: 'shop', name },
      spec: { volumeName: `pvc-${name}` },
      status: { capacity: { storage: capacity }, conditions },
    }) ?? []
  );
}

function volumeOf({ name, driver = cinderDriver }: FixtureClaim) {
  return (
    projectVolume({
      metadata: { name: `pvc-${name}` },
      spec: { claimRef: { name }, accessModes: ['ReadWriteOnce'], csi: { driver, fsType: 'ext4' } },
    }) ?? []
  );
}
