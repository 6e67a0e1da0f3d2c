import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SessionArchives } from './session-archives.ts';

/**
 * What docker saves has no manifest of its own: it is read to know the one that it gets.
 * @throws NodemendError IMAGE_NOT_WHOLE_THERE; what reading of docker throws
 */
export async function savedImage({
  archives,
  node,
  id,
  platform,
}: {
  readonly archives: SessionArchives;
  readonly node: string;
  readonly id: string;
  readonly platform: string;
}): Promise<{ readonly digest: string; readonly id: string; readonly bytes: number }> {
  const file = await (await archives.get()).saved({ node }, id);
  const { images } = await file.images(platform);
  const image = images.find(({ content }) => content.config === id);
  if (image === undefined)
    throw new NodemendError('IMAGE_NOT_WHOLE_THERE', { node, image: id, content: 'half', context: 'half' });
  return {
    digest: image.content.target.digest,
    id: image.content.config,
    bytes: image.content.blobs.reduce((sum, { size }) => sum + size, 0),
  };
}
