import type { Bootstrap } from '../../problem.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import script from './bootstrap.sh?raw';
import type { SeededImage } from './image-list.ts';
import loadImages from './load-images.sh?raw';

/** Only where images are named: which registry a new node can reach is nobody's to guess. */
export const bootstrap: Bootstrap<BaseImagesInputs> = {
  script,
  content: ({ 'new-nodes': images }) => images && bootstrapContent(images),
};

/** For bootstrap.sh, each file behind a line with its name. */
export function bootstrapContent(images: readonly SeededImage[]): string {
  const lines = images.map(({ name, source }) => `${name} ${source}\n`);
  return `== load-images.sh\n${loadImages}== base-images\n${lines.join('')}`;
}
