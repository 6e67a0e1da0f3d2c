import { imageNamed, type NodeImages } from '../../images/node-images.ts';
import type { NodeView } from '../../images/node-view.ts';

/**
 * What the node needs of images that are there without their layers, where nobody asked whether they are still unpacked:
 * containerd may have been told to drop layers then. Of one that a container runs from they are: containerd removes no
 * snapshot that another one stands on.
 */
export function unobservedSnapshots({ needed }: Pick<NodeView, 'needed'>, store: NodeImages): readonly string[] {
  return needed.flatMap(({ name }) => {
    const found = imageNamed(store, name);
    return found?.as.isSnapshotUnobserved === true && found.image.use !== 'running' ? [name] : [];
  });
}
