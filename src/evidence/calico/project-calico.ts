import { calicoNamespaces, calicoNode } from '../../calico/udp-variables.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import type { CalicoNodeTemplate, TemplateVariable, VariableSource } from './calico-facts.ts';

/** Felix takes its variables whatever their case (felix/config/env_var_loader.go). */
const felixAboutBpf = /^FELIX_BPF/i;

/** What Calico's own DaemonSet has besides; of all others, and where its container is not there, nothing. */
export function calicoNodePart(raw: JsonObject, kind: string): { readonly calicoNode?: CalicoNodeTemplate } {
  const metadata = object(raw['metadata']);
  const isOwn = text(metadata['name']) === calicoNode && calicoNamespaces.includes(text(metadata['namespace']));
  const template = kind === 'DaemonSet' && isOwn ? templateOf(raw) : undefined;
  return template === undefined ? {} : { calicoNode: template };
}

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
