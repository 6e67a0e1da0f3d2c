/** What a runtime keeps of images for kubelet. */
export interface NodeImages {
  readonly runtime: 'containerd' | 'docker';
  /** `linux/amd64`, `linux/arm/v7`; undefined for a machine that is not known. */
  readonly platform: string | undefined;
  readonly images: readonly NodeImage[];
  /** Records that could not be taken apart: their names are not references that kubelet could ask for. */
  readonly odd: number;
  /** What `diskRoom` would say of the folder that they are in, where that is not the usual one. */
  readonly room?: string | undefined;
  /** Downloads that have not ended. */
  readonly downloads: readonly { readonly bytes: number; readonly what: string }[];
}

/** One image by its id, which is what kubelet counts and removes: all its names go with it. */
export interface NodeImage {
  /** Digest of its configuration; undefined where no manifest of it could be read. */
  readonly id: string | undefined;
  readonly names: readonly ImageName[];
  /** As kubelet is told; with docker three or four digits of it are right. Undefined where no manifest could be read. */
  readonly bytes: number | undefined;
  /** Labels about pins on any of its records. */
  readonly pins: readonly PinLabel[];
  /** Records that a run of nodemend's has labelled, and that run: the first part of its id says when. */
  readonly marks: readonly RunMark[];
  readonly use: ImageUse;
}

/**
 * Whether containers of kubelet's are made from it. `sandbox`: the containers that hold pods together alone, which kubelet
 * does not count. `ended`: containers that are there and do not run, which it counts. `perhaps`: a container runs under
 * a name that may have been another image's when it was started.
 */
export type ImageUse = 'running' | 'ended' | 'sandbox' | 'perhaps' | 'none-running';

export interface ImageName {
  /** Written out, as kubelet and the runtime have it: with a tag, or `repository@sha256:…`; an id as `sha256:…`. */
  readonly name: string;
  /** The digest that it stands for; undefined for docker's names of images that have none. */
  readonly digest: string | undefined;
  readonly content: Content;
  /** `without-layers`, and nobody asked containerd whether it is unpacked: who plans or lists does, by a second start of its client. */
  readonly isSnapshotUnobserved?: true;
}

/**
 * How whole it is for the node's own platform. `without-layers`: usable where they are unpacked, and nothing that could be
 * given to another node; normal under `discard_unpacked_layers`, and where layers came with another image; elsewhere
 * containerd said that it is unpacked. `half`: what a pull that was interrupted, or a blob that was deleted, leaves.
 * `other-platform`: it is whole, and for other machines.
 */
export type Content = 'whole' | 'without-layers' | 'half' | 'other-platform' | 'unknown';

/** nodemend's own label on a record (`actions/image-pin`). */
export interface RunMark {
  readonly name: string;
  readonly run: string;
}

export interface PinLabel {
  /** Of the record that has it. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** What containerd's CRI plugin looks for (internal/cri/labels). */
export const pinLabel = 'io.cri-containerd.pinned';
const pinValue = 'pinned';

export function isRightPin({ label, value }: PinLabel): boolean {
  return label === pinLabel && value === pinValue;
}

interface NamedImage {
  readonly image: NodeImage;
  readonly as: ImageName;
}

/** Lists of 2,000 images are asked for each of what a node needs, several times. */
const byName = new WeakMap<NodeImages, ReadonlyMap<string, NamedImage>>();

/** The image that a name stands for; names are written out (`formatReference`). Of several that have it the first. */
export function imageNamed(store: NodeImages, name: string): NamedImage | undefined {
  let named = byName.get(store);
  if (named === undefined) {
    const all = store.images.flatMap((image) => image.names.map((as) => [as.name, { image, as }] as const));
    named = new Map(all.toReversed());
    byName.set(store, named);
  }
  return named.get(name);
}

/** Of all its names one that people know it by: a tag, else a digest, else its id. */
export function titleOf({ names, id }: NodeImage): string {
  const sorted = names.map(({ name }) => name).toSorted();
  return (
    sorted.find((name) => !name.includes('@') && !name.startsWith('sha256:')) ??
    sorted.find((name) => name.includes('@')) ??
    id ??
    sorted[0] ??
    ''
  );
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv6l: 'arm/v6',
  armv7l: 'arm/v7',
  i686: '386',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** All that a node may have. */
export const knownPlatforms: readonly string[] = Object.values(architectures).map((one) => `linux/${one}`);

/** As images name it what `uname -m` says (containerd/platforms, normalizeArch). */
export function platformOf(machine: string): string | undefined {
  const architecture = architectures[machine];
  return architecture === undefined ? undefined : `linux/${architecture}`;
}
