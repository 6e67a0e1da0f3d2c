import type { Json, JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import { successorOf } from '../../registry/successor.ts';
import type { TemplateImage } from './workload.ts';

export interface TemplateImages {
  readonly images: readonly TemplateImage[];
  readonly pullSecrets: readonly string[];
  readonly truncated: boolean;
}

/** No schema of the field nests so deep; a server that sends more must not exhaust the stack. */
const mostLevels = 64;

/** What the server, not the author, writes; and what is not a place for a container. */
const notSearched: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

const containerLists = [
  ['initContainers', 'init'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

/**
 * The images of every pod specification in an object, found by its shape: a list `containers`, `initContainers` or
 * `ephemeralContainers` of objects with a name and an image. So it is the same for a Deployment and for a kind that
 * nobody has heard of.
 */
export function templateImages(raw: JsonObject): TemplateImages {
  const search = new Search();
  for (const [key, value] of Object.entries(raw)) if (!notSearched.has(key)) search.visit(value, [key]);
  return { images: search.images, pullSecrets: [...search.pullSecrets], truncated: search.truncated };
}

class Search {
  readonly images: TemplateImage[] = [];
  readonly pullSecrets = new Set<string>();
  truncated = false;

  visit(value: Json, path: readonly string[]): void {
    if (path.length > mostLevels) {
      this.truncated = true;
    } else if (typeof value === 'string') {
      this.#field(value, path);
    } else if (Array.isArray(value)) {
      value.forEach((item: Json, index) => this.visit(item, [...path, String(index)]));
    } else if (typeof value === 'object' && value !== null) {
      this.#object(value as JsonObject, path);
    }
  }

  #object(value: JsonObject, path: readonly string[]): void {
    const taken = new Set<string>();
    for (const [key, role] of containerLists) {
      if (!isContainerList(value[key])) continue;
      taken.add(key);
      objects(value[key]).forEach((container, index) =>
        this.#container(container, role, [...path, key, String(index)]),
      );
    }
    if (taken.size > 0) {
      for (const { name } of objects(value['imagePullSecrets']))
        if (text(name) !== '') this.pullSecrets.add(text(name));
      objects(value['volumes']).forEach((volume, index) => this.#volume(volume, [...path, 'volumes', String(index)]));
      taken.add('volumes');
    }
    for (const [key, below] of Object.entries(value)) if (!taken.has(key)) this.visit(below, [...path, key]);
  }

  #container(container: JsonObject, role: TemplateImage['role'], path: readonly string[]): void {
    const image = text(container['image']);
    if (image !== '')
      this.images.push({ pointer: pointerOf([...path, 'image']), image, role, container: text(container['name']) });
    for (const [key, below] of Object.entries(container))
      if (key !== 'image' || image === '') this.visit(below, [...path, key]);
  }

  #volume(volume: JsonObject, path: readonly string[]): void {
    const image = text(object(volume['image'])['reference']);
    if (image !== '')
      this.images.push({
        pointer: pointerOf([...path, 'image', 'reference']),
        image,
        role: 'volume',
        container: text(volume['name']),
      });
  }

  /** Of texts that are not a container's image only those are kept that something must be said about. */
  #field(value: string, path: readonly string[]): void {
    if (successorOf(value) !== undefined)
      this.images.push({
        pointer: pointerOf(path),
        image: value,
        role: 'field',
        container: path.findLast((part) => !/^\d+$/.test(part)) ?? '',
      });
  }
}

function isContainerList(value: Json | undefined): boolean {
  return Array.isArray(value) && objects(value).some(({ name, image }) => text(name) !== '' && text(image) !== '');
}

/** RFC 6901, section 3. */
function pointerOf(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
