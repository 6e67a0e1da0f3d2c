import { NodemendError } from '../errors/nodemend-error.ts';
import { isInvalid, parseReference } from './reference/image-reference.ts';

/** An image that nobody else can put something else in the place of. */
export interface PinnedImage {
  readonly image: string;
  /** As a container names it. */
  readonly pullPolicy: 'Never' | 'IfNotPresent';
}

/** What was put onto the nodes by hand (`ctr images import`, `docker load`). No registry is asked for it. */
const ofTheNode = 'localhost';

/**
 * How an image that runs with nodemend's rights may be got. A runtime takes `localhost` for a registry like any other
 * (containerd: http on port 80; distribution/reference, splitDockerDomain), and whoever listens there would be asked:
 * so it is never pulled. From a registry it is taken by its digest alone, because a tag is moved by anyone who can
 * push.
 * @throws NodemendError IMAGE_NOT_PINNED
 */
export function pinnedImage(image: string): PinnedImage {
  const reference = parseReference(image);
  if (isInvalid(reference))
    throw new NodemendError('IMAGE_NOT_PINNED', { context: 'invalid', image, problem: reference.error });
  if (reference.registry === ofTheNode) return { image, pullPolicy: 'Never' };
  if (reference.digest === null) throw new NodemendError('IMAGE_NOT_PINNED', { image });
  return { image, pullPolicy: 'IfNotPresent' };
}
