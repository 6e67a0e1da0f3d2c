import type { ImageAction } from './image-action.ts';

/**
 * The name under which the content is on the node before it gets the one that kubelet asks for. containerd makes a
 * record of whatever it pulls: one of the run's own, which no other has, so that none that is there loses its labels,
 * and none is removed that was there.
 */
export function incomingName(
  { runtime, source, digest }: Pick<ImageAction, 'runtime' | 'source' | 'digest'>,
  run: string,
): string {
  switch (source.from) {
    case 'node':
      return source.name;
    case 'registry':
      return runtime === 'docker' ? source.reference : source.reference.replace('@', `:nodemend-${run.slice(0, 100)}@`);
    case 'archive': {
      const name = incomingArchiveName(digest, run);
      return runtime === 'docker' ? name.replace(/@.*$/u, '') : name;
    }
  }
}

/** The name in an archive. Docker has no names with a digest for what it loads: the tag before it is the one that it makes. */
export function incomingArchiveName(digest: string, run: string): string {
  return `nodemend.dev/incoming:${run.slice(0, 100)}@${digest}`;
}
