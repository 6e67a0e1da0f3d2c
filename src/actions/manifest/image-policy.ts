import { runAnnotation } from '../ownership.ts';
import { sameJson } from '../same-json.ts';
import type { Json, JsonObject } from '../../kubernetes/api.ts';
import { object as jsonObject, objects as jsonObjects } from '../../kubernetes/json-fields.ts';
import { canonicalName } from '../../registry/replacement.ts';
import { retiredPrefixes } from '../../registry/successor.ts';

/** Kinds whose pods stand in the same place of the object. */
interface Shape {
  readonly name: string;
  /** Where the pod's specification is, in an object that CEL calls so. */
  readonly spec: (object: string) => string;
  readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
}

/**
 * A policy for each: an expression stays readable, and Kubernetes can check its types against every kind that it is
 * for.
 */
const shapes: readonly Shape[] = [
  {
    name: 'pods',
    spec: (object) => `${object}.spec`,
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'] }],
  },
  {
    name: 'workloads',
    spec: (object) => `${object}.spec.template.spec`,
    rules: [
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
      { apiGroups: ['batch'], resources: ['jobs'] },
      { apiGroups: [''], resources: ['replicationcontrollers'] },
    ],
  },
  {
    name: 'cronjobs',
    spec: (object) => `${object}.spec.jobTemplate.spec.template.spec`,
    rules: [{ apiGroups: ['batch'], resources: ['cronjobs'] }],
  },
  {
    name: 'podtemplates',
    spec: (object) => `${object}.template.spec`,
    rules: [{ apiGroups: [''], resources: ['podtemplates'] }],
  },
];

/** What these make was judged with them: a gate must not stop a workload that is there from replacing a pod. */
const judgedOwners = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
  'CronJob',
];

/** Never judged: without what is in it there is no cluster. */
const systemNamespace = 'kube-system';

export interface ImagePolicyOptions {
  /** Refuse, instead of warning whoever applies it and writing it into the audit log. */
  readonly deny: boolean;
  /** Namespaces beside kube-system that are not judged. */
  readonly exceptNamespaces: readonly string[];
  /** Names of the user's own table that images have moved away from, canonical (`Replacement.from`). */
  readonly moved?: readonly string[];
}

/** Objects of admissionregistration.k8s.io/v1, from Kubernetes 1.30: policies, each with its binding. */
export type PolicyObject = Readonly<Record<string, unknown>>;

const bindingKind = 'ValidatingAdmissionPolicyBinding';
const denying: readonly string[] = ['Deny', 'Audit'];
const warning: readonly string[] = ['Warn', 'Audit'];

const apiVersion = 'admissionregistration.k8s.io/v1';

/**
 * ValidatingAdmissionPolicies (CEL, evaluated by the API server itself) that look for images of retired registries in
 * everything that makes pods. An image that the object had before is let pass, so that scaling and repairs go through.
 */
export function imagePolicies({ deny, exceptNamespaces, moved = [] }: ImagePolicyOptions): readonly PolicyObject[] {
  const except = [...new Set([systemNamespace, ...exceptNamespaces])];
  const actions = deny ? denying : warning;
  return shapes.flatMap((shape) => [policyOf(shape, moved), bindingOf(shape, actions, except)]);
}

/**
 * Whether an object is one that nodemend makes, whatever it was asked for, aside from what the server fills in: all of
 * it follows from this file, the namespaces that are excepted, and the names of the user's table. Pure.
 */
export function isImagePolicy(object: JsonObject): boolean {
  const { name } = jsonObject(object['metadata']);
  const made = typeof name === 'string' ? madeAs(object, name) : undefined;
  return made !== undefined && sameJson(bare(object), bare(made as JsonObject));
}

function madeAs(object: JsonObject, name: string): PolicyObject | undefined {
  const prefix = metadataOf('').name;
  const shape = shapes.find((one) => `${prefix}${one.name}` === name);
  if (object['kind'] !== bindingKind) {
    const moved = movedIn(object);
    return shape && moved && policyOf(shape, moved);
  }
  const { validationActions, matchResources } = jsonObject(object['spec']);
  const [expression] = jsonObjects(jsonObject(jsonObject(matchResources)['namespaceSelector'])['matchExpressions']);
  const actions = [denying, warning].find((one) => sameJson([...one], validationActions));
  const except = expression?.['values'];
  return actions && isTexts(except) && except.includes(systemNamespace) && name.startsWith(prefix)
    ? bindingOf({ name: name.slice(prefix.length) }, actions, except)
    : undefined;
}

/** Most names that a policy may have of its own: each is a comparison more for each image. */
const mostMoved = 200;

/** The names of the user's table that a policy says it was made of; undefined where there is something else. */
function movedIn(object: JsonObject): readonly string[] | undefined {
  const [first] = jsonObjects(jsonObject(object['spec'])['variables']);
  const { name, expression } = first ?? {};
  if (name !== movedVariable) return [];
  const names = typeof expression === 'string' ? parsed(expression) : undefined;
  if (!isTexts(names) || names.length > mostMoved) return undefined;
  return names.every((one) => sameJson(canonicalName(one) as Json, { name: one })) ? names : undefined;
}

function parsed(json: string): Json | undefined {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined;
  }
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Filled in by the server (admissionregistration/v1 defaults.go); whose run wrote it is an annotation. */
const filledIn: readonly (readonly [key: string, value: Json])[] = [
  ['matchPolicy', 'Equivalent'],
  ['namespaceSelector', {}],
  ['objectSelector', {}],
  ['scope', '*'],
];

function bare(object: JsonObject): Json {
  const { annotations, ...metadata } = jsonObject(object['metadata']);
  const { [runAnnotation]: _run, ...others } = jsonObject(annotations);
  const rest = Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others };
  return withoutFilledIn({ ...object, metadata: rest });
}

function withoutFilledIn(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutFilledIn(one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, field]) => !filledIn.some(([name, usual]) => name === key && sameJson(usual, field)),
  );
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutFilledIn(field)]));
}

/** Says in the policy which names it was made of; nothing asks for it there. */
const movedVariable = 'moved';

function policyOf(shape: Shape, moved: readonly string[]): PolicyObject {
  const { name, rules } = shape;
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadataOf(name),
    spec: {
      // A fault of ours must not stop a cluster.
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: rules.map((rule) => ({ ...rule, apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] })),
      },
      matchConditions: [{ name: 'not-made-by-a-workload', expression: ownedExpression }],
      variables: [
        ...(moved.length === 0 ? [] : [{ name: movedVariable, expression: list(moved) }]),
        { name: 'retired', expression: retiredIn(shape.spec('object'), moved) },
        { name: 'before', expression: `oldObject == null ? [] : ${retiredIn(shape.spec('oldObject'), moved)}` },
        { name: 'added', expression: 'variables.retired.filter(image, !(image in variables.before))' },
      ],
      validations: [
        {
          expression: 'size(variables.added) == 0',
          messageExpression:
            '"images of registries that are no longer served: " + variables.added.join(", ") + " (nodemend rewrite ' +
            'names their successors)"',
          reason: 'Invalid',
        },
      ],
    },
  };
}

const ownedExpression =
  '!has(object.metadata.ownerReferences) || !object.metadata.ownerReferences.exists(owner, ' +
  `has(owner.controller) && owner.controller && owner.kind in ${list(judgedOwners)})`;

/** The retired images of a pod's specification: of containers, init and ephemeral containers, and image volumes. */
function retiredIn(spec: string, moved: readonly string[]): string {
  const prefixes = [...retiredPrefixes, ...moved.flatMap(beginnings)];
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].map(
    (field) => `(has(${spec}.${field}) ? ${spec}.${field}.filter(one, has(one.image)).map(one, one.image) : [])`,
  );
  const volumes =
    `(has(${spec}.volumes) ? ${spec}.volumes.filter(one, has(one.image) && ` +
    'has(one.image.reference)).map(one, one.image.reference) : [])';
  return `(${[...containers, volumes].join(' + ')}).filter(image, ${list(prefixes)}.exists(prefix, image.startsWith(prefix)))`;
}

/**
 * How an image begins that stands below a name: whole parts of the path, and on Docker Hub without the registry too.
 * Its own images (`nginx`) begin with nothing: of `docker.io` as a whole those that are written out are judged.
 */
function beginnings(name: string): readonly string[] {
  const path = name.startsWith('docker.io/') ? [name.slice('docker.io/'.length)] : [];
  const spelled = name === 'docker.io' || path.length > 0 ? [name, `index.${name}`, ...path] : [name];
  const ends = name.includes('/') ? ['/', ':', '@'] : ['/'];
  return spelled.flatMap((one) => ends.map((end) => one + end));
}

/** Names of the table and of Kubernetes alone: nothing in them needs an escape. */
function list(texts: readonly string[]): string {
  return JSON.stringify(texts);
}

function bindingOf(
  { name }: Pick<Shape, 'name'>,
  validationActions: readonly string[],
  except: readonly string[],
): PolicyObject {
  return {
    apiVersion,
    kind: bindingKind,
    metadata: metadataOf(name),
    spec: {
      policyName: metadataOf(name).name,
      validationActions,
      matchResources: {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: except }],
        },
      },
    },
  };
}

function metadataOf(name: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> } {
  return { name: `nodemend-retired-images-${name}`, labels: { 'app.kubernetes.io/managed-by': 'nodemend' } };
}
