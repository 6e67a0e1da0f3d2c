import { calicoNamespaces, calicoNode } from '../../calico/udp-variables.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../kubernetes/json-fields.ts';
import type { CalicoNodeTemplate, FieldWriter, TemplateVariable, Upkeep, VariableSource } from './calico-facts.ts';

/** Felix takes its variables whatever their case (felix/config/env_var_loader.go). */
const felixAboutBpf = /^FELIX_BPF/i;

/** What is Calico's own: nobody else's workloads are looked at so closely. */
const ownNames = /^calico-/;

/** Domains of marks that Kubernetes, kubectl, people by its conventions, and nodemend set; none of them puts anything back. */
const harmlessMarks =
  /^(?:(?:kubectl\.)?kubernetes\.io|deprecated\.daemonset\.template\.generation|deployment\.kubernetes\.io|app\.kubernetes\.io|k8s\.io|nodemend\.dev)(?:\/|$)/;

/** What a workload has besides where it is one of Calico's own. */
export function calicoParts(
  raw: JsonObject,
  kind: string,
): { readonly calicoNode?: CalicoNodeTemplate; readonly upkeep?: Upkeep } {
  const metadata = object(raw['metadata']);
  const name = text(metadata['name']);
  if (!ownNames.test(name) || !calicoNamespaces.includes(text(metadata['namespace']))) return {};
  const template = kind === 'DaemonSet' && name === calicoNode ? templateOf(raw) : undefined;
  return { ...(template === undefined ? {} : { calicoNode: template }), upkeep: upkeepOf(metadata) };
}

/** Undefined where the container is not there. */
function templateOf(raw: JsonObject): CalicoNodeTemplate | undefined {
  const containers = objects(object(object(object(raw['spec'])['template'])['spec'])['containers']);
  const container = containers.findIndex(({ name }) => name === calicoNode);
  const found = containers[container];
  if (found === undefined) return undefined;
  const variables = objects(found['env']);
  return {
    container,
    count: variables.length,
    variables: variables.flatMap(variableOf),
    from: objects(found['envFrom']).flatMap(sourceOf),
  };
}

function variableOf(variable: JsonObject, at: number): readonly TemplateVariable[] {
  const name = text(variable['name']);
  if (!felixAboutBpf.test(name) && name !== 'DATASTORE_TYPE') return [];
  // The server leaves out a value that is empty.
  return [{ at, name, ...(variable['valueFrom'] === undefined ? { value: text(variable['value']) } : {}) }];
}

function sourceOf(source: JsonObject): readonly VariableSource[] {
  const prefix = text(source['prefix']);
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) => {
    const name = text(object(source[kind === 'ConfigMap' ? 'configMapRef' : 'secretRef'])['name']);
    return name === '' ? [] : [{ kind, name, ...(prefix === '' ? {} : { prefix }) }];
  });
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
