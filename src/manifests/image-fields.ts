import { isAlias, isMap, isScalar, isSeq, type Document, type Scalar, type YAMLMap } from 'yaml';

/**
 * Where a kind of object has its pod. Sources: kubernetes/api, apps/v1, batch/v1, core/v1; knative/serving, serving/v1
 * (where a container needs no name); Argo Rollouts and OpenShift's DeploymentConfig have a Deployment's shape.
 */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  Rollout: ['spec', 'template', 'spec'],
  DeploymentConfig: ['spec', 'template', 'spec'],
  Service: ['spec', 'template', 'spec'],
  Configuration: ['spec', 'template', 'spec'],
  Revision: ['spec'],
};

/** Lists of containers of a pod, and those of Argo's and Tekton's templates. */
const containerLists = ['containers', 'initContainers', 'ephemeralContainers', 'sidecars', 'steps'];
/** The one container of a template of an Argo workflow. */
const containerKeys = ['container', 'script'];

/** A scalar that is an image, or a part of one. */
export interface ImageField {
  readonly node: Scalar<string>;
  /**
   * `whole`: the reference, with tag or without. `repository`: what `registry` beside it lacks. `name`: what a
   * kustomization selects by.
   */
  readonly part: 'whole' | 'repository' | 'name';
  readonly registry?: Scalar<string>;
}

/** What a document says it is. */
export type DocumentShape = 'object' | 'kustomization' | 'values';

export function shapeOf(document: Document.Parsed, file: string): DocumentShape {
  const kind = textAt(document, document.contents, 'kind')?.value ?? '';
  const apiVersion = textAt(document, document.contents, 'apiVersion')?.value;
  // Flux has a Kustomization of its own, with the same list one level deeper; OAM has another Component.
  const isKustomize = apiVersion === undefined || apiVersion.startsWith('kustomize.');
  if (isKustomize && ['Kustomization', 'Component'].includes(kind)) return 'kustomization';
  if (/(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(file)) return 'kustomization';
  return kind !== '' && apiVersion !== undefined ? 'object' : 'values';
}

/** Every image of a document. In an object of a kind that is not listed above, what has the shape of a container. */
export function imageFields(document: Document.Parsed, shape: DocumentShape): readonly ImageField[] {
  if (shape === 'kustomization') return kustomizeImages(document);
  return shape === 'object' ? objectImages(document, document.contents) : valueImages(document, document.contents);
}

function objectImages(document: Document.Parsed, object: unknown): readonly ImageField[] {
  const kind = textAt(document, object, 'kind')?.value ?? '';
  if (kind.endsWith('List')) return itemsAt(document, object, 'items').flatMap((item) => objectImages(document, item));
  const path = Object.hasOwn(podPaths, kind) ? podPaths[kind] : undefined;
  if (path === undefined) return shapedImages(document, object);
  return podImages(
    document,
    path.reduce<unknown>((node, key) => at(document, node, key), object),
  );
}

/** A custom resource's containers: items of a list of containers with a name and an image, or a template's own one. */
function shapedImages(document: Document.Parsed, node: unknown): readonly ImageField[] {
  if (isSeq(node)) return node.items.flatMap((item) => shapedImages(document, item));
  if (!isMap(node)) return [];
  const isNamed = textAt(document, node, 'name') !== undefined;
  return node.items.flatMap(({ key, value }) => {
    if (isAlias(value)) return [];
    const name = isScalar(key) ? String(key.value) : '';
    if (containerLists.includes(name) && isSeq(value)) return value.items.flatMap((item) => shaped(document, item));
    if (containerKeys.includes(name) && isNamed) return wholeField(textAt(document, value, 'image'));
    return shapedImages(document, value);
  });
}

function shaped(document: Document.Parsed, item: unknown): readonly ImageField[] {
  const isContainer = textAt(document, item, 'name') !== undefined;
  const image = isContainer ? textAt(document, item, 'image') : undefined;
  return image ? wholeField(image) : shapedImages(document, item);
}

function podImages(document: Document.Parsed, pod: unknown): readonly ImageField[] {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) =>
    itemsAt(document, pod, key),
  );
  const volumes = itemsAt(document, pod, 'volumes').map((volume) =>
    textAt(document, at(document, volume, 'image'), 'reference'),
  );
  return [...containers.map((container) => textAt(document, container, 'image')), ...volumes].flatMap(wholeField);
}

const wholeField = (node: Scalar<string> | undefined): readonly ImageField[] => (node ? [{ node, part: 'whole' }] : []);

function kustomizeImages(document: Document.Parsed): readonly ImageField[] {
  const spec = at(document, document.contents, 'spec');
  const lists = [document.contents, spec].map((node) => itemsAt(document, node, 'images'));
  return lists.flat().flatMap((image) => {
    const name = textAt(document, image, 'name');
    return [
      ...wholeField(textAt(document, image, 'newName')),
      ...(name ? [{ node: name, part: 'name' } as const] : []),
    ];
  });
}

/**
 * Values of Helm charts, Compose files and the like: an `image` that is a text, or a `repository` with or without a
 * `registry`.
 */
function valueImages(document: Document.Parsed, node: unknown): readonly ImageField[] {
  const resolved = resolve(document, node);
  if (isSeq(resolved)) return resolved.items.flatMap((item) => valueImages(document, item));
  if (!isMap(resolved)) return [];
  const below = resolved.items.flatMap(({ value }) => (isAlias(value) ? [] : valueImages(document, value)));
  return [...splitImage(document, resolved), ...below];
}

function splitImage(document: Document.Parsed, map: YAMLMap): readonly ImageField[] {
  const registry = textAt(document, map, 'registry');
  const names = ['repository', 'image'].map((key) => textAt(document, map, key));
  return names.flatMap((node): readonly ImageField[] => {
    if (!node) return [];
    return registry ? [{ node, part: 'repository', registry }] : [{ node, part: 'whole' }];
  });
}

/** The scalar of a key, through aliases and merge keys; undefined where it is no text. */
function textAt(document: Document.Parsed, map: unknown, key: string): Scalar<string> | undefined {
  const node = at(document, map, key);
  return isScalar(node) && typeof node.value === 'string' ? (node as Scalar<string>) : undefined;
}

function itemsAt(document: Document.Parsed, map: unknown, key: string): readonly unknown[] {
  const node = at(document, map, key);
  return isSeq(node) ? node.items.map((item) => resolve(document, item)) : [];
}

function at(document: Document.Parsed, node: unknown, key: string): unknown {
  const map = resolve(document, node);
  if (!isMap(map)) return undefined;
  const own = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
  return own ? resolve(document, own.value) : merged(document, map, key);
}

/** `<<: *base`, or a list of them: the first that has the key gives it. */
function merged(document: Document.Parsed, map: YAMLMap, key: string): unknown {
  const bases = map.items
    .filter((pair) => isMergeKey(pair.key))
    .flatMap(({ value }) => {
      const base = resolve(document, value);
      return isSeq(base) ? base.items : [base];
    });
  return bases.map((base) => at(document, base, key)).find((found) => found !== undefined);
}

/** With YAML 1.1 the library reads the key `<<` as a symbol of its own. */
const isMergeKey = (key: unknown): boolean => isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol');

function resolve(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}
