import { randomUUID } from 'node:crypto';
import type { KubeObject, Metadata } from './objects.ts';
import { apiVersionOf, qualifiedName, type Resource } from './resources.ts';
import { alreadyExists, conflict, notFound, type Refusal } from './status.ts';

/** One change, as watchers get to know it. */
export interface Change {
  readonly version: number;
  readonly resource: Resource;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  /** The object before; absent when it was added. */
  readonly previous?: KubeObject;
}

export type Outcome = { readonly object: KubeObject } | { readonly refused: Refusal };

export interface WriteOptions {
  /** Everything is checked, nothing is kept. */
  readonly dryRun?: boolean;
}

/** How many changes are remembered; an older watch is answered with 410. */
const historyLength = 10_000;

/** Objects in memory with one growing resource version, as etcd gives one. Objects are never changed in place. */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #history: Change[] = [];
  #version = 1000;

  get version(): number {
    return this.#version;
  }

  get(resource: Resource, namespace: string, name: string): Outcome {
    const object = this.#of(resource).get(keyOf({ namespace, name }));
    return object ? { object } : { refused: notFound(resource, name) };
  }

  /** In the order of etcd's keys; all namespaces when `namespace` is empty. */
  list(resource: Resource, namespace: string): readonly KubeObject[] {
    const entries = [...this.#of(resource)].filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`));
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  create(resource: Resource, object: KubeObject, options: WriteOptions = {}): Outcome {
    const { name } = object.metadata;
    if (this.#of(resource).has(keyOf(object.metadata))) return { refused: alreadyExists(resource, name) };
    const created: KubeObject = {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        ...object.metadata,
        uid: object.metadata.uid ?? randomUUID(),
        creationTimestamp: object.metadata.creationTimestamp ?? now(),
      },
    };
    return this.#keep(resource, { type: 'ADDED', object: created }, options);
  }

  /** Compare-and-swap when the object carries a resource version. */
  replace(resource: Resource, object: KubeObject, options: WriteOptions = {}): Outcome {
    const { name, namespace = '', resourceVersion } = object.metadata;
    const found = this.get(resource, namespace, name);
    if ('refused' in found) return found;
    const previous = found.object;
    if (resourceVersion !== undefined && resourceVersion !== previous.metadata.resourceVersion) {
      return { refused: conflict(resource, name) };
    }
    const { uid, creationTimestamp } = previous.metadata;
    const next = { ...object, metadata: { ...object.metadata, uid, creationTimestamp } } as KubeObject;
    return this.#keep(resource, { type: 'MODIFIED', object: next, previous }, options);
  }

  remove(resource: Resource, namespace: string, name: string, options: WriteOptions = {}): Outcome {
    const found = this.get(resource, namespace, name);
    if ('refused' in found) return found;
    return this.#keep(resource, { type: 'DELETED', object: found.object, previous: found.object }, options);
  }

  /** Changes after a version; undefined when they are not all remembered any more. */
  changesAfter(version: number): readonly Change[] | undefined {
    const oldest = this.#history[0]?.version ?? this.#version + 1;
    if (version + 1 < oldest && version < this.#version) return undefined;
    return this.#history.filter((change) => change.version > version);
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(resource: Resource): Map<string, KubeObject> {
    const key = qualifiedName(resource);
    const known = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, known);
    return known;
  }

  #keep(resource: Resource, change: Omit<Change, 'version' | 'resource'>, options: WriteOptions): Outcome {
    const version = options.dryRun ? this.#version : ++this.#version;
    const object = { ...change.object, metadata: { ...change.object.metadata, resourceVersion: String(version) } };
    if (options.dryRun) return { object };
    const key = keyOf(object.metadata);
    if (change.type === 'DELETED') this.#of(resource).delete(key);
    else this.#of(resource).set(key, object);
    this.#tell({ ...change, object, version, resource });
    return { object };
  }

  #tell(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > historyLength) this.#history.splice(0, this.#history.length - historyLength);
    for (const listener of this.#listeners) listener(change);
  }
}

/** `NAMESPACE/NAME`, or the name alone for cluster-scoped objects: the order of etcd's keys. */
export function keyOf({ namespace, name }: Pick<Metadata, 'namespace' | 'name'>): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
