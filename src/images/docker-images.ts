import { formatReference, isInvalid, parseReference } from '../registry/reference/image-reference.ts';
import type { DockerImage, DockerImages, DockerStore } from '../runtimes/docker/images.ts';
import { platformOf, type ImageName, type ImageUse, type NodeImages } from './node-images.ts';

/** The images of a node whose docker could be asked: it lists none that is not whole, and has nothing to pin with. */
export function dockerNodeImages(facts: DockerImages, { machine, images }: DockerStore): NodeImages {
  const byId = Map.groupBy(images, ({ id }) => id);
  return {
    runtime: 'docker',
    platform: platformOf(machine),
    images: [...byId].map(([id, lines]) => ({
      id,
      names: [...new Map(lines.flatMap(namesOf).map((one) => [one.name, one])).values()].toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      ),
      bytes: lines[0]?.bytes,
      pins: [],
      marks: [],
      use: useOf(id, facts),
    })),
    odd: 0,
    downloads: [],
  };
}

/**
 * Whether it is the image store of containerd, the default from Docker 29 on: an id is the digest of what the name stands for there, and
 * everywhere else that of a configuration, which no name stands for. Such a store also lists what is not whole.
 */
export function keepsInContainerd({ images }: DockerStore): boolean {
  return images.some(({ id, digest }) => id === digest);
}

function namesOf({ repository, tag, digest }: DockerImage): readonly ImageName[] {
  if (repository === undefined) return [];
  const written = [
    ...(tag === undefined ? [] : [`${repository}:${tag}`]),
    ...(digest === undefined ? [] : [`${repository}@${digest}`]),
  ];
  return written.flatMap((name) => {
    const reference = parseReference(name);
    return isInvalid(reference) ? [] : [{ name: formatReference(reference), digest, content: 'whole' as const }];
  });
}

/** Containers have the id that they were started from, whatever its names are now. */
function useOf(id: string, { uses, ended, usesUnread }: DockerImages): ImageUse {
  const isOf = ({ image, isSandbox }: (typeof uses)[number], sandbox: boolean): boolean =>
    image === id && isSandbox === sandbox;
  if (uses.some((use) => isOf(use, false))) return 'running';
  if (ended.some((use) => isOf(use, false))) return 'ended';
  if (usesUnread) return 'perhaps';
  return uses.some((use) => isOf(use, true)) ? 'sandbox' : 'none-running';
}
