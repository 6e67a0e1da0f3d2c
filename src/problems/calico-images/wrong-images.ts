import type { PodFacts } from '../../evidence/pod-facts.ts';
import type { WorkloadFacts } from '../../evidence/workloads/workload.ts';
import { calicoImage, isUnservedCalico } from '../../platforms/nks/network-images.ts';
import { keptBy } from '../kit/upkeep.ts';
import { workloadTree, type PlacedWorkload } from '../kit/workload-tree.ts';
import type { Subject } from '../problem.ts';

/** A workload of Calico's with images that no registry serves under their names. */
export interface WrongImages {
  readonly placed: PlacedWorkload;
  readonly images: readonly WrongImage[];
  /** Who puts the object back as it has it (`keptBy`). */
  readonly keptBy: string | undefined;
  /** Pods that run it now. */
  readonly pods: number;
  /** Of those, how many wait for one of these images. */
  readonly waiting: number;
}

export interface WrongImage {
  /** Of the container, or of the init container. */
  readonly container: string;
  readonly pointer: string;
  readonly image: string;
  /** Where Docker Hub has it; undefined where the tag is not written, so that nobody knows which one is meant. */
  readonly published: string | undefined;
}

/** Kinds that may be Calico's; without their lists nothing is known. */
export const calicoKinds: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment']);

/** Of every container that is there, and of no other: some of these DaemonSets have no `mount-bpffs`. */
export function wrongImages(workloads: WorkloadFacts, pods: PodFacts | undefined): readonly WrongImages[] {
  const tree = workloadTree(workloads);
  return tree.all.flatMap((placed) => {
    const { group, kind, workload } = placed;
    const object = { group, kind, namespace: workload.namespace, name: workload.name };
    const images = workload.images
      .filter(({ role, image }) => (role === 'container' || role === 'init') && isUnservedCalico(object, image))
      .map(({ container, pointer, image }) => ({ container, pointer, image, published: calicoImage(object, image) }));
    if (images.length === 0) return [];
    const isOf = ({ namespace, owner }: PodFacts['waiting'][number] | PodFacts['uses'][number]): boolean => {
      const made = tree.find(namespace, owner);
      return made === placed || (made !== undefined && tree.ownersOf(made).includes(placed));
    };
    const names = new Set(images.map(({ image }) => image));
    const uses = (pods?.uses ?? []).filter(isOf);
    const waiting = (pods?.waiting ?? []).filter(
      (one) => /^(?:ErrImagePull|ImagePullBackOff)$/u.test(one.reason) && names.has(one.image) && isOf(one),
    );
    return [{ placed, images, keptBy: keptBy(workload), pods: most(uses), waiting: most(waiting) }];
  });
}

/** Of several containers of the same pods, the pods. */
function most(counts: readonly { readonly pods: number }[]): number {
  return Math.max(0, ...counts.map(({ pods }) => pods));
}

export function subjectOf({ placed: { kind, workload } }: Pick<WrongImages, 'placed'>): Subject {
  return { kind: 'workload', namespace: workload.namespace, name: `${kind}/${workload.name}` };
}
