import { imageNamed } from './node-images.ts';
import type { NodeView } from './node-view.ts';

/** Names with a tag under which a node has another image than most, by the node. */
export type MovedTags = ReadonlyMap<string, readonly string[]>;

interface Having {
  readonly node: string;
  readonly id: string;
}

/** A tag that is needed on several nodes of one platform, and that does not mean the same image on all of them. */
export function movedTags(views: readonly NodeView[]): MovedTags {
  const moved = new Map<string, string[]>();
  for (const [key, having] of havingByTag(views)) {
    const name = key.slice(key.indexOf(' ') + 1);
    for (const node of others(having)) moved.set(node, [...(moved.get(node) ?? []), name]);
  }
  return new Map([...moved].map(([node, names]) => [node, names.toSorted()]));
}

function havingByTag(views: readonly NodeView[]): ReadonlyMap<string, readonly Having[]> {
  const byTag = new Map<string, Having[]>();
  for (const { node, needed, store } of views) {
    if (store.state !== 'seen' || store.value.platform === undefined) continue;
    for (const { name } of needed) {
      const id = name.includes('@') ? undefined : imageNamed(store.value, name)?.image.id;
      if (id === undefined) continue;
      const key = `${store.value.platform} ${name}`;
      const having = byTag.get(key);
      if (having === undefined) byTag.set(key, [{ node: node.name, id }]);
      else having.push({ node: node.name, id });
    }
  }
  return byTag;
}

/** Those that have another than most; all of them where no image is the one of more than half. */
function others(having: readonly Having[]): readonly string[] {
  const byId = [...Map.groupBy(having, ({ id }) => id).values()].toSorted((a, b) => b.length - a.length);
  const [most = []] = byId;
  if (byId.length < 2) return [];
  const rest = most.length * 2 > having.length ? byId.slice(1).flat() : having;
  return rest.map(({ node }) => node);
}
