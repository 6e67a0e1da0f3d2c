import { calicoNamespaces } from '../../calico/udp-variables.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { objects, text, texts } from '../../kubernetes/json-fields.ts';
import { isFlannel } from '../../platforms/nks/network-images.ts';

/** What tells, beside owners and the marks of known tools, whether somebody keeps an object as it is. */
export interface Upkeep {
  /** Who wrote its metadata and specification, by `metadata.managedFields`; each once, sorted. */
  readonly writers: readonly FieldWriter[];
  /** Names of labels and annotations that say by their domain that a tool set them, and are not Kubernetes' own; sorted. */
  readonly marks: readonly string[];
}

export interface FieldWriter {
  readonly manager: string;
  /** `Apply` by server-side apply, which puts back what it has applied; else `Update`. */
  readonly operation: string;
}

/** What is Calico's own, in the places where Calico is put. */
const calicosNames = /^calico-/;

/** Domains of marks that Kubernetes, kubectl, people by its conventions, and nodemend set; none of them puts anything back. */
const harmlessMarks =
  /^(?:(?:kubectl\.)?kubernetes\.io|deprecated\.daemonset\.template\.generation|deployment\.kubernetes\.io|app\.kubernetes\.io|k8s\.io|nodemend\.dev)(?:\/|$)/;

/** Only the cluster's network is looked at so closely: of everybody's workloads it would be most of the evidence. */
export function upkeepPart(metadata: JsonObject, kind: string): { readonly upkeep?: Upkeep } {
  const name = text(metadata['name']);
  const namespace = text(metadata['namespace']);
  const isCalicos = calicosNames.test(name) && calicoNamespaces.includes(namespace);
  return isCalicos || isFlannel({ group: 'apps', kind, namespace, name }) ? { upkeep: upkeepOf(metadata) } : {};
}

function upkeepOf(metadata: JsonObject): Upkeep {
  const writers = objects(metadata['managedFields'])
    // Who counts pods writes the status alone.
    .filter(({ subresource }) => text(subresource) === '')
    .map(({ manager, operation }): FieldWriter => ({ manager: text(manager), operation: text(operation) }));
  const marks = Object.keys({ ...texts(metadata['labels']), ...texts(metadata['annotations']) }).filter(
    (key) => key.includes('/') && !harmlessMarks.test(key),
  );
  return {
    writers: [...new Map(writers.map((one) => [`${one.manager}\n${one.operation}`, one])).entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, one]) => one),
    marks: [...new Set(marks)].toSorted(),
  };
}
