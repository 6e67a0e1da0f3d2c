import type { ImageAction } from './image-action.ts';

/** The name under which the content is on the node before it gets the one that kubelet asks for. */
export function incomingName({ source, digest }: Pick<ImageAction, 'source' | 'digest'>, run: string): string {
  switch (source.from) {
    case 'node':
      return source.name;
    case 'registry':
      return source.reference.replace('@', `:nodemend-${run}@`);
    case 'archive':
      return `nodemend.dev/incoming:${run}@${digest}`;
  }
}
