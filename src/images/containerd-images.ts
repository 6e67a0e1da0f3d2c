import { isInvalid, parseReference } from '../registry/reference/image-reference.ts';
import type { ContainerdImages, ContainerdStore, ImageRecord, StoredChild } from '../runtimes/containerd/images.ts';
import {
  platformOf,
  type Content,
  type ImageUse,
  type NodeImage,
  type NodeImages,
  type PinLabel,
} from './node-images.ts';

/** The images of a node whose containerd could be asked. */
export function containerdNodeImages(facts: ContainerdImages, store: ContainerdStore): NodeImages {
  const platform = platformOf(store.machine);
  const read = store.records.map((record) => ({ record, ...resolved(store, record, platform) }));
  // A record whose name is an id says itself whose it is.
  const grouped = Map.groupBy(read, ({ record, id }) => (isId(record.name) ? record.name : (id ?? record.digest)));
  const images = [...grouped].map(([key, ones]): NodeImage => {
    const id = isId(key) && ones.some((one) => one.id === key || one.record.name === key) ? key : undefined;
    return {
      id,
      names: ones
        .map(({ record: { name, digest }, content, isSnapshotUnobserved }) => ({
          name,
          digest,
          content,
          ...(isSnapshotUnobserved && { isSnapshotUnobserved }),
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      bytes: ones.find(({ bytes }) => bytes !== undefined)?.bytes,
      pins: ones.flatMap(({ record }) => pinsOf(record)),
      marks: ones.flatMap(({ record: { name, labels } }) => {
        const run = labels.get(runLabel);
        return run === undefined || run === '' ? [] : [{ name, run }];
      }),
      use: 'none-running',
    };
  });
  const useOf = usesOf(images, facts);
  return {
    runtime: 'containerd',
    platform,
    images: images.map((image) => ({ ...image, use: useOf(image) })),
    odd: store.odd,
    room: facts.room,
    downloads: facts.downloads,
  };
}

/** The run that labelled a record last (`actions/image-pin/containerd.sh`). */
const runLabel = 'nodemend.dev/run';

function isId(name: string): boolean {
  return name.startsWith('sha256:') && /^sha256:[0-9a-f]{64}$/.test(name);
}

interface Resolved {
  readonly id: string | undefined;
  readonly content: Content;
  readonly bytes: number | undefined;
  readonly isSnapshotUnobserved?: true;
}

const unresolved = { id: undefined, bytes: undefined } as const;

function resolved(store: ContainerdStore, { digest, platforms }: ImageRecord, platform: string | undefined): Resolved {
  if (store.manifests.has(digest)) return ofManifest(store, digest, digest);
  if (store.absent.has(digest)) return { ...unresolved, content: 'half' };
  const children = store.children.get(digest) ?? [];
  const own = ownChild(children, platform);
  if (own !== undefined) return ofManifest(store, own.digest, digest);
  return platform === undefined || store.unread.has(digest)
    ? { ...unresolved, content: 'unknown' }
    : ofOthers(store, { digest, platforms, children }, platform);
}

interface OfOthers extends Pick<ImageRecord, 'digest' | 'platforms'> {
  readonly children: readonly StoredChild[];
}

/** An index where nothing that is here says that it is the node's own part. */
function ofOthers(store: ContainerdStore, index: OfOthers, platform: string): Resolved {
  const { platforms, children } = index;
  if (children.some(isUntold)) return ofUntold(store, index, platform);
  if (children.length > 1 || platforms.length === 0) return { ...unresolved, content: 'unknown' };
  // An index whose own part is not here: either it never had one, or that has gone.
  return { ...unresolved, content: platforms.some((one) => isFor(one, platform)) ? 'half' : 'other-platform' };
}

/** One whose index does not say for which platform it is, or only half of it (`/`, `linux/`). */
function isUntold({ platform }: StoredChild): boolean {
  return platform.startsWith('/') || platform.endsWith('/');
}

/**
 * containerd takes such a child for what its configuration says (images.Manifest), and lists that: where it lists one
 * platform for one child, it is this child's. Of more nobody tells which is whose.
 */
function ofUntold(store: ContainerdStore, { digest, platforms, children }: OfOthers, platform: string): Resolved {
  const [only, more] = children;
  const [listed, other] = platforms;
  if (only?.platform !== '/' || more !== undefined || listed === undefined || other !== undefined)
    return { ...unresolved, content: 'unknown' };
  return isFor(listed, platform)
    ? ofManifest(store, only.digest, digest)
    : { ...unresolved, content: 'other-platform' };
}

/** @param target what the record names: the manifest itself, or an index that has it */
function ofManifest(store: ContainerdStore, digest: string, target: string): Resolved {
  const manifest = store.manifests.get(digest);
  if (manifest === undefined) return { ...unresolved, content: 'unknown' };
  const { config: id, bytes, hasConfig, missingLayers } = manifest;
  if (!hasConfig) return { id, bytes, content: 'half' };
  if (missingLayers === 0) return { id, bytes, content: 'whole' };
  const unpacked = store.unpacked.get(target);
  return unpacked === undefined
    ? { id, bytes, content: 'without-layers', isSnapshotUnobserved: true }
    : { id, bytes, content: withoutLayers[unpacked] };
}

/** A layer that is neither there nor unpacked has to come again before any container starts. */
const withoutLayers = { yes: 'without-layers', no: 'half', '?': 'unknown' } as const;

function isFor(one: string, platform: string): boolean {
  return one === platform || one.startsWith(`${platform}/`);
}

/** The part of an index for the node's own platform, where there is no doubt which it is. */
export function ownChild(children: readonly StoredChild[], platform: string | undefined): StoredChild | undefined {
  if (platform === undefined) return undefined;
  const exact = children.filter((child) => child.platform === platform);
  const fitting = exact.length > 0 ? exact : children.filter((child) => isFor(child.platform, platform));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function pinsOf({ name, labels }: ImageRecord): readonly PinLabel[] {
  return [...labels].filter(([label]) => label.includes('pinned')).map(([label, value]) => ({ name, label, value }));
}

/**
 * containerd tells the name that a container was started under. A tag that was moved since names another image, and its
 * old one is left without a tag: as long as there is such a one, what runs under the tag may be either.
 */
function usesOf(images: readonly NodeImage[], { uses, refused }: ContainerdImages): (image: NodeImage) => ImageUse {
  const byName = Map.groupBy(uses, (use) => use.image);
  const untagged = new Map(images.filter(isUntagged).map((image) => [image, repositoriesOf(image)]));
  // Which repositories names are of matters only where an image was left without a tag.
  const containers =
    untagged.size === 0
      ? new Set<string | undefined>()
      : new Set(uses.filter(({ isSandbox }) => !isSandbox).map((use) => repositoryOf(use.image)));
  const left = new Set([...untagged.values()].flatMap((repositories) => [...repositories]));
  const isAnyOfUnknown = [...untagged.values()].some(({ size }) => size === 0);
  const isCertain = (name: string): boolean =>
    untagged.size === 0 || name.includes('@') || isId(name) || (!isAnyOfUnknown && !left.has(repositoryOf(name)));
  const isPerhapsOld = (image: NodeImage): boolean => {
    const repositories = untagged.get(image);
    return repositories !== undefined && containers.size > 0 && mayBeOneOf(repositories, containers);
  };
  return (image) => {
    const own = image.names.flatMap(({ name }) => byName.get(name) ?? []);
    const byContainer = own.filter(({ isSandbox }) => !isSandbox);
    if (byContainer.some((use) => isCertain(use.image))) return 'running';
    if (byContainer.length > 0 || isPerhapsOld(image) || refused.length > 0) return 'perhaps';
    return own.length > 0 ? 'sandbox' : 'none-running';
  };
}

function isUntagged({ names }: NodeImage): boolean {
  return names.every(({ name }) => name.includes('@') || isId(name));
}

type Repositories = ReadonlySet<string | undefined>;

/** Empty for an image that is left with nothing but its id, which tells nothing of where it came from. */
function repositoriesOf({ names }: NodeImage): Repositories {
  return new Set(names.filter(({ name }) => !isId(name)).map(({ name }) => repositoryOf(name)));
}

function mayBeOneOf(repositories: Repositories, others: Repositories): boolean {
  return repositories.size === 0 || !repositories.isDisjointFrom(others);
}

function repositoryOf(name: string): string | undefined {
  const reference = parseReference(name);
  return isInvalid(reference) ? undefined : `${reference.registry}/${reference.repository}`;
}
