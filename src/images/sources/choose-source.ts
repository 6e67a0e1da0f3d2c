import { imageNamed, type NodeImage } from '../node-images.ts';
import type { RegistryCandidate, SourceKind } from './candidates.ts';
import type { KnownImage, NodeStore } from './known-image.ts';
import type { SourceAnswer } from './source-answer.ts';

/** Something that has the image, or what is called so. */
export type ImageSource =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'other-node'; readonly node: string }
  | {
      readonly kind: RegistryCandidate['kind'];
      readonly reference: string;
      readonly hosts: RegistryCandidate['hosts'];
    };

/** What it has there. */
interface Had {
  readonly digest: string;
  readonly id: string | undefined;
  /** That would come. */
  readonly bytes: number;
  /** Whose login it was got with. */
  readonly user?: string;
}

/** A source that is right: by its digest, by its configuration, or because a person said so. */
export interface ChosenSource extends Had {
  readonly source: ImageSource;
  readonly by: 'digest' | 'id' | 'accepted';
}

/** A source that was looked at and not taken. */
export interface DeclinedSource {
  /** A reference, a name on the node, or another node. */
  readonly named: string;
  readonly kind: SourceKind;
  readonly why:
    | { readonly state: 'absent' | 'denied' | 'other-platform' | 'not-asked' }
    | { readonly state: 'unknown'; readonly detail: string }
    /** `unproven`: nobody knows which image it has to be. `other`: it is known, and this is another one. */
    | { readonly state: 'unproven' | 'other'; readonly digest: string }
    /** The name has a digest, and this is the same image under another one. */
    | { readonly state: 'other-digest'; readonly digest: string }
    /** As `unproven`, and nobody can accept it: its name does not say which image it is. */
    | { readonly state: 'ambiguous' };
}

export interface Choice {
  readonly chosen: ChosenSource | undefined;
  readonly declined: readonly DeclinedSource[];
}

/** What is wanted, and where it may come from. */
export interface Wanted {
  /** Written out, as kubelet asks for it. */
  readonly name: string;
  readonly known: KnownImage;
  readonly own: NodeStore;
  /** Nodes that may give. */
  readonly others: readonly NodeStore[];
  /** The how manieth node asks: not all are to draw on the same one. */
  readonly turn: number;
  readonly candidates: readonly RegistryCandidate[];
  readonly answers: ReadonlyMap<string, SourceAnswer> | undefined;
  /** Digests that a person accepts where it is not known which image it has to be. */
  readonly accepted: ReadonlySet<string>;
  /** Of which kinds a source may be; undefined for all. */
  readonly allowed?: ReadonlySet<SourceKind> | undefined;
}

/** The first source that is right, and what was looked at before it. Pure. */
export function chooseSource(wanted: Wanted): Choice {
  const declined: DeclinedSource[] = [];
  for (const { source, named, had } of offers(wanted)) {
    const judged = 'why' in had ? had : judge(wanted, source, had);
    if (!('why' in judged)) return { chosen: { ...judged, source }, declined };
    declined.push({ named, kind: source.kind, why: judged.why });
  }
  return { chosen: undefined, declined };
}

type Judged = Omit<ChosenSource, 'source'> | Pick<DeclinedSource, 'why'>;

interface Offer {
  readonly source: ImageSource & { readonly needsDigest?: boolean };
  readonly named: string;
  readonly had: Had | Pick<DeclinedSource, 'why'>;
}

function judge({ known, accepted, name }: Wanted, { needsDigest }: Offer['source'], had: Had): Judged {
  const { digest } = had;
  if (known.state === 'known') {
    if (known.digests.has(digest)) return { ...had, id: known.id ?? had.id, by: 'digest' };
    if (known.id === undefined || had.id !== known.id) return { why: { state: 'other', digest } };
    return name.includes('@') ? { why: { state: 'other-digest', digest } } : { ...had, by: 'id' };
  }
  if (needsDigest === true) return { why: { state: 'ambiguous' } };
  return accepted.has(digest) ? { ...had, by: 'accepted' } : { why: { state: 'unproven', digest } };
}

/** All that may have it, in their order. */
function offers(wanted: Wanted): readonly Offer[] {
  const { candidates, allowed } = wanted;
  const [runtime, further] = [
    candidates.filter(({ kind }) => kind === 'runtime'),
    candidates.filter(({ kind }) => kind !== 'runtime'),
  ];
  const all = [
    ...ownOffers(wanted),
    ...runtime.map((one) => registryOffer(one, wanted)),
    ...otherOffers(wanted),
    ...further.map((one) => registryOffer(one, wanted)),
  ];
  return all.filter(({ source }) => allowed?.has(source.kind) !== false);
}

/** Nothing comes: the image gets one name more. Where it is not known, only a name that a source has tells which is meant. */
function ownOffers({ own, known, candidates, name }: Wanted): readonly Offer[] {
  const references = new Set(candidates.map(({ reference }) => reference));
  return own.images.images.flatMap((image): readonly Offer[] => {
    const usable = image.names.find(
      (one) =>
        one.digest !== undefined &&
        (one.content === 'whole' || one.content === 'without-layers') &&
        one.name !== name &&
        (isOf(known, image, one.digest) || references.has(one.name)),
    );
    if (usable?.digest === undefined) return [];
    const had = { digest: usable.digest, id: image.id, bytes: 0 };
    return [{ source: { kind: 'node', name: usable.name }, named: usable.name, had }];
  });
}

function isOf(known: KnownImage, { id }: NodeImage, digest: string): boolean {
  if (known.state !== 'known') return false;
  return known.digests.has(digest) || (id !== undefined && id === known.id);
}

/** Only of the same kind: what one runtime writes down, another one does not take with the same digest. */
function otherOffers({ others, own, name, known, turn }: Wanted): readonly Offer[] {
  // Docker takes no image in that form.
  if (own.images.runtime === 'docker') return [];
  const alike = others.filter(
    ({ node, images: { runtime, platform } }) =>
      node !== own.node && runtime === own.images.runtime && platform === own.images.platform,
  );
  const offered = alike.flatMap(({ node, images }): readonly Offer[] => {
    const held = imageNamed(images, name) ?? heldOtherwise(images.images, known);
    const { image, as } = held ?? {};
    if (image?.bytes === undefined || as?.digest === undefined || as.content !== 'whole') return [];
    const had = { digest: as.digest, id: image.id, bytes: image.bytes };
    return [{ source: { kind: 'other-node', node }, named: node, had }];
  });
  const start = turn % Math.max(1, offered.length);
  return [...offered.slice(start), ...offered.slice(0, start)];
}

function heldOtherwise(images: readonly NodeImage[], known: KnownImage): ReturnType<typeof imageNamed> {
  for (const image of images) {
    const as = image.names.find(({ digest }) => digest !== undefined && isOf(known, image, digest));
    if (as !== undefined) return { image, as };
  }
  return undefined;
}

function registryOffer(candidate: RegistryCandidate, { answers }: Wanted): Offer {
  const { kind, reference, hosts, needsDigest } = candidate;
  const answer: SourceAnswer | undefined = answers?.get(reference);
  const offer = { source: { kind, reference, hosts, needsDigest }, named: reference } as const;
  if (answer === undefined) return { ...offer, had: { why: { state: 'not-asked' } } };
  if (answer.state === 'found') return { ...offer, had: answer };
  if (answer.state === 'unknown') return { ...offer, had: { why: { state: 'unknown', detail: answer.detail } } };
  return { ...offer, had: { why: { state: answer.state } } };
}
