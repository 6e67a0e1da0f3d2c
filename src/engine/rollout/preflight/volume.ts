import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Labels } from '../../../kubernetes/label-selector.ts';
import { readNodeSelector, selectsNode, type NodeSelector } from './node-selector.ts';

export interface VolumeClaim {
  readonly namespace: string;
  readonly name: string;
  /** Of the PersistentVolume; empty until one is bound. */
  readonly volume: string;
}

/** A PersistentVolume, as far as it says on which nodes it can be used. */
export interface Volume {
  readonly name: string;
  readonly affinity: NodeSelector | undefined;
  /** Values by label of a zone or region. */
  readonly zones: ReadonlyMap<string, readonly string[]>;
}

export function readVolumeClaim(raw: JsonObject): VolumeClaim {
  const metadata = object(raw['metadata']);
  const volume = text(object(raw['spec'])['volumeName']);
  return { namespace: text(metadata['namespace']), name: text(metadata['name']), volume };
}

const regions = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const zones = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const topologyLabels = [...zones, ...regions];

export function readVolume(raw: JsonObject): Volume {
  const metadata = object(raw['metadata']);
  const labels = texts(metadata['labels']);
  return {
    name: text(metadata['name']),
    affinity: readNodeSelector(object(object(raw['spec'])['nodeAffinity'])['required'] ?? undefined),
    zones: new Map(
      topologyLabels.flatMap((label) => {
        const value = labels[label];
        // Several zones in one label are joined by `__` (cloud-provider/volume/helpers, LabelZonesToSet).
        return value === undefined ? [] : [[label, value.split('__')] as const];
      }),
    ),
  };
}

/**
 * Whether a volume can be used on a node: its own node affinity, and the zones in its labels (scheduler plugins
 * VolumeBinding and VolumeZone).
 */
export function isUsableOn(volume: Volume, node: { readonly name: string; readonly labels: Labels }): boolean {
  if (!selectsNode(volume.affinity, node)) return false;
  // A node that says nothing of zones and regions is in a cluster without.
  if (!topologyLabels.some((label) => node.labels[label] !== undefined)) return true;
  return [...volume.zones].every(([label, values]) => {
    const value = node.labels[label] ?? node.labels[label.replace('failure-domain.beta', 'topology')];
    return value !== undefined && values.includes(value);
  });
}
