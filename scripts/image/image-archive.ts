import { resolve } from 'node:path';
import { root, version } from '../build/options.ts';

/**
 * `localhost/` is nobody's on any registry: a node that was not given the image says so instead of pulling a
 * stranger's.
 */
export function imageName(): string {
  return `localhost/nodemend:${version()}`;
}

/** Where `npm run image` puts it; the folder is relative to the checkout. */
export function imageArchive(folder = 'dist/image'): string {
  return resolve(root, folder, `nodemend-${version()}-linux-${process.arch}-image.tar`);
}
