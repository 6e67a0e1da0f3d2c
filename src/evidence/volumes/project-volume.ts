import type { JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import type { CsiDriver, PersistentVolume, VolumeAttachment, VolumeClaim } from './volume-facts.ts';

/** A PersistentVolumeClaim (core/v1); undefined where it has no volume yet. */
export function projectClaim(raw: JsonObject): VolumeClaim | undefined {
  const metadata = object(raw['metadata']);
  const status = object(raw['status']);
  const volume = text(object(raw['spec'])['volumeName']);
  if (volume === '') return undefined;
  const pending = objects(status['conditions']).find(
    (condition) => condition['type'] === 'FileSystemResizePending' && condition['status'] === 'True',
  );
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    volume,
    capacity: text(object(status['capacity'])['storage']),
    ...(pending === undefined ? {} : { resizePendingSince: text(pending['lastTransitionTime']) }),
  };
}

/** Where a PersistentVolume says what it is, besides `csi` (core/v1, PersistentVolumeSource). */
const inTreeSources: ReadonlySet<string> = new Set([
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
]);

/** The driver that serves a volume of a kind that Kubernetes itself had before (k8s.io/csi-translation-lib). */
const migratedTo = 'pv.kubernetes.io/migrated-to';

/** A PersistentVolume (core/v1); undefined where no claim is bound to it. */
export function projectVolume(raw: JsonObject): PersistentVolume | undefined {
  const metadata = object(raw['metadata']);
  const spec = object(raw['spec']);
  if (text(object(spec['claimRef'])['name']) === '') return undefined;
  const csi = object(spec['csi']);
  const inTree = Object.keys(spec).find((field) => inTreeSources.has(field)) ?? '';
  const { accessModes } = spec;
  return {
    name: text(metadata['name']),
    driver: text(csi['driver']) || text(object(metadata['annotations'])[migratedTo]) || `kubernetes.io/${inTree}`,
    fsType: text(csi['fsType']) || text(object(spec[inTree])['fsType']),
    accessModes: Array.isArray(accessModes) ? accessModes.map(text).filter((mode) => mode !== '') : [],
  };
}

/** A VolumeAttachment (storage.k8s.io/v1); undefined for a volume without an object of its own. */
export function projectAttachment(raw: JsonObject): VolumeAttachment | undefined {
  const spec = object(raw['spec']);
  const volume = text(object(spec['source'])['persistentVolumeName']);
  if (volume === '') return undefined;
  return { volume, node: text(spec['nodeName']), attached: object(raw['status'])['attached'] === true };
}

/** A CSIDriver (storage.k8s.io/v1), with what the API server takes where nothing is written. */
export function projectDriver(raw: JsonObject): CsiDriver {
  const spec = object(raw['spec']);
  return {
    name: text(object(raw['metadata'])['name']),
    attaches: spec['attachRequired'] !== false,
    fsGroupPolicy: text(spec['fsGroupPolicy']) || 'ReadWriteOnceWithFSType',
  };
}
