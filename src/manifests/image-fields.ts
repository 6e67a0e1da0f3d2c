import { isText } from './yaml/is-text.ts';
import type { MapNode, ScalarNode, YamlNode } from './yaml/tree.ts';

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
  readonly node: ScalarNode;
  /**
   * `whole`: the reference, with tag or without. `repository`: what `registry` beside it lacks. `name`: what a
   * kustomization selects by.
   */
  readonly part: 'whole' | 'repository' | 'name';
  readonly registry?: ScalarNode;
}

/** What a document says it is. */
export type DocumentShape = 'object' | 'kustomization' | 'values';

export function shapeOf(root: YamlNode, file: string): DocumentShape {
  const kind = textAt(root, 'kind')?.value ?? '';
  const apiVersion = textAt(root, 'apiVersion')?.value;
  // Flux has a Kustomization of its own, with the same list one level deeper; OAM has another Component.
  const isKustomize = apiVersion === undefined || apiVersion.startsWith('kustomize.');
  if (isKustomize && ['Kustomization', 'Component'].includes(kind)) return 'kustomization';
  if (/(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(file)) return 'kustomization';
  return kind !== '' && apiVersion !== undefined ? 'object' : 'values';
}

/** Every image of a document. In an object of a kind that is not listed above, what has the shape of a container. */
export function imageFields(root: YamlNode, shape: DocumentShape): readonly ImageField[] {
  if (shape === 'kustomization') return kustomizeImages(root);
  return shape === 'object' ? objectImages(root, new Set()) : valueImages(root);
}

/** @param lists that it is in: an alias may lead back to one */
function objectImages(object: YamlNode, lists: ReadonlySet<YamlNode>): readonly ImageField[] {
  const kind = textAt(object, 'kind')?.value ?? '';
  if (kind.endsWith('List')) {
    if (lists.has(object)) return [];
    const inside = new Set(lists).add(object);
    return itemsAt(object, 'items').flatMap((item) => objectImages(item, inside));
  }
  const path = Object.hasOwn(podPaths, kind) ? podPaths[kind] : undefined;
  return path === undefined ? shapedImages(object) : podImages(path.reduce(at, object));
}

/** A custom resource's containers: items of a list of containers with a name and an image, or a template's own one. */
function shapedImages(node: YamlNode): readonly ImageField[] {
  if (node?.kind === 'list') return node.items.flatMap(shapedImages);
  if (node?.kind !== 'map') return [];
  const isNamed = textAt(node, 'name') !== undefined;
  return node.pairs.flatMap(({ key, value }) => {
    const name = key?.kind === 'scalar' ? key.value : '';
    if (containerLists.includes(name) && value?.kind === 'list') return value.items.flatMap(shaped);
    if (containerKeys.includes(name) && isNamed && value?.kind !== 'alias') return wholeField(textAt(value, 'image'));
    return shapedImages(value);
  });
}

function shaped(item: YamlNode): readonly ImageField[] {
  const isContainer = textAt(item, 'name') !== undefined;
  const image = isContainer ? textAt(item, 'image') : undefined;
  return image ? wholeField(image) : shapedImages(item);
}

function podImages(pod: YamlNode): readonly ImageField[] {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) => itemsAt(pod, key));
  const volumes = itemsAt(pod, 'volumes').map((volume) => textAt(at(volume, 'image'), 'reference'));
  return [...containers.map((container) => textAt(container, 'image')), ...volumes].flatMap(wholeField);
}

const wholeField = (node: ScalarNode | undefined): readonly ImageField[] => (node ? [{ node, part: 'whole' }] : []);

function kustomizeImages(root: YamlNode): readonly ImageField[] {
  const lists = [root, at(root, 'spec')].map((node) => itemsAt(node, 'images'));
  return lists.flat().flatMap((image) => {
    const name = textAt(image, 'name');
    return [...wholeField(textAt(image, 'newName')), ...(name ? [{ node: name, part: 'name' } as const] : [])];
  });
}

/**
 * Values of Helm charts, Compose files and the like: an `image` that is a text, or a `repository` with or without a
 * `registry`. What an alias means is found where it is written.
 */
function valueImages(node: YamlNode): readonly ImageField[] {
  if (node?.kind === 'list') return node.items.flatMap(valueImages);
  if (node?.kind !== 'map') return [];
  return [...splitImage(node), ...node.pairs.flatMap(({ value }) => valueImages(value))];
}

function splitImage(map: MapNode): readonly ImageField[] {
  const names = ['repository', 'image'].map((key) => textAt(map, key));
  if (names.every((name) => name === undefined)) return [];
  const registry = textAt(map, 'registry');
  return names.flatMap((node): readonly ImageField[] => {
    if (!node) return [];
    return registry ? [{ node, part: 'repository', registry }] : [{ node, part: 'whole' }];
  });
}

/** The scalar of a key, through aliases and merge keys; undefined where it is not text. */
function textAt(map: YamlNode, key: string): ScalarNode | undefined {
  const node = at(map, key);
  return isText(node) ? node : undefined;
}

function itemsAt(map: YamlNode, key: string): readonly YamlNode[] {
  const node = at(map, key);
  return node?.kind === 'list' ? node.items.map(resolve) : [];
}

function at(node: YamlNode, key: string): YamlNode {
  const map = resolve(node);
  if (map?.kind !== 'map') return undefined;
  const own = ownPair(map, key);
  return own ? resolve(own.value) : ownPair(map, '<<') && merged(map, key);
}

function ownPair(map: MapNode, key: string): MapNode['pairs'][number] | undefined {
  return map.pairs.find((pair) => pair.key?.kind === 'scalar' && pair.key.value === key);
}

/** `<<: *base`, or a list of them: the first that has the key gives it. Maps may merge each other in a circle. */
function merged(map: MapNode, key: string): YamlNode {
  const searched = new Set<MapNode>();
  const search = (from: MapNode): YamlNode => {
    if (searched.has(from)) return undefined;
    searched.add(from);
    for (const base of basesOf(from)) {
      const own = ownPair(base, key);
      const found = own ? resolve(own.value) : search(base);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(map);
}

function basesOf(map: MapNode): readonly MapNode[] {
  return map.pairs
    .filter(({ key }) => key?.kind === 'scalar' && key.value === '<<')
    .flatMap(({ value }) => {
      const base = resolve(value);
      return base?.kind === 'list' ? base.items.map(resolve) : [base];
    })
    .filter((base) => base?.kind === 'map');
}

function resolve(node: YamlNode): YamlNode {
  return node?.kind === 'alias' ? node.target : node;
}
