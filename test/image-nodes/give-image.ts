import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, someImage, tarOf, type SomeImage } from '../../src/images/archive/testing/some-image.ts';
import type { ImageNodes } from './image-nodes.ts';

/** Gives the containerd of each node an image of so many bytes that nothing can be pressed out of. */
export async function giveImage(
  nodes: ImageNodes,
  to: string | readonly string[],
  name: string,
  bytes: number,
): Promise<SomeImage> {
  const image = someImage(name, { layer: randomBytes(bytes) });
  const archive = await tarOf(entriesOf(image));
  for (const node of [to].flat()) {
    const file = join(nodes.shared(node), 'given.tar');
    writeFileSync(file, archive);
    nodes.on(node, 'ctr -n k8s.io images import --no-unpack "$1" >/dev/null; rm "$1"', file);
  }
  return image;
}
