import { imageNamed, type ImageName, type NodeImage } from '../node-images.ts';
import { savedKey, type CarriedImage } from './brought-source.ts';
import type { RegistryCandidate } from './candidates.ts';
import type { DeclinedSource, Had, ImageSource, Wanted } from './choose-source.ts';
import type { KnownImage, NodeStore } from './known-image.ts';
import type { SourceAnswer } from './source-answer.ts';

/** A place that may have an image, and what it has there; or why it has nothing. */
export interface Offer {
  readonly source: ImageSource & { readonly needsDigest?: boolean };
  readonly named: string;
  readonly had: Had | Pick<DeclinedSource, 'why'>;
}

/** All that may have it, in their order. */
export function offers(wanted: Wanted): readonly Offer[] {
  const { candidates, allowed } = wanted;
  const ofRegistries = (isAsked: (kind: RegistryCandidate['kind']) => boolean): readonly Offer[] =>
    candidates.filter(({ kind }) => isAsked(kind)).map((one) => registryOffer(one, wanted));
  const all = [
    ...ownOffers(wanted),
    ...ofRegistries((kind) => kind === 'runtime'),
    ...otherOffers(wanted),
    ...ofRegistries((kind) => kind !== 'runtime' && kind !== 'guide'),
    ...carriedOffers(wanted),
    ...ofRegistries((kind) => kind === 'guide'),
  ];
  return all.filter(({ source }) => allowed?.has(source.kind) !== false);
}

/**
 * Nothing comes: the image gets one name more. Where it is not known, only a name that a source has tells which is meant.
 * What docker loaded has no digest but its id.
 */
function ownOffers({ own, known, candidates, name }: Wanted): readonly Offer[] {
  const references = new Set(candidates.map(({ reference }) => reference));
  return own.images.images.flatMap((image): readonly Offer[] => {
    const usable = image.names.find(
      (one) =>
        (one.content === 'whole' || one.content === 'without-layers') &&
        one.name !== name &&
        (isOf(known, image, one.digest) || references.has(one.name)),
    );
    const digest = usable?.digest ?? image.id;
    if (usable === undefined || digest === undefined) return [];
    const had = { digest, id: image.id, bytes: 0 };
    return [{ source: { kind: 'node', name: usable.name }, named: usable.name, had }];
  });
}

function isOf(known: KnownImage, { id }: Pick<NodeImage, 'id'>, digest: string | undefined): boolean {
  if (known.state !== 'known') return false;
  return (digest !== undefined && known.digests.has(digest)) || (id !== undefined && id === known.id);
}

/** Those of the same runtime first: between two containerds an image keeps its digest. */
function otherOffers(wanted: Wanted): readonly Offer[] {
  const { others, own, turn } = wanted;
  const alike = others.filter(({ node, images }) => node !== own.node && images.platform === own.images.platform);
  const [same, further] = [true, false].map((isSame) => {
    const ones = alike.filter(({ images: { runtime } }) => (runtime === own.images.runtime) === isSame);
    const offered = ones.flatMap((other) => donorOffer(wanted, other));
    const start = turn % Math.max(1, offered.length);
    return [...offered.slice(start), ...offered.slice(0, start)];
  });
  return [...(same ?? []), ...(further ?? [])];
}

function donorOffer(wanted: Wanted, { node, images }: NodeStore): readonly Offer[] {
  const { runtime } = images;
  const { image, as } = imageNamed(images, wanted.name) ?? heldOtherwise(images.images, wanted.known) ?? {};
  if (image === undefined || as?.content !== 'whole') return [];
  const had = donorHas(wanted, { node, runtime, image, as });
  return had === undefined ? [] : [{ source: { kind: 'other-node', node, runtime }, named: node, had }];
}

interface Donor {
  readonly node: string;
  readonly runtime: NodeStore['images']['runtime'];
  readonly image: NodeImage;
  readonly as: ImageName;
}

/** Undefined for what it cannot give. By its configuration alone docker knows what it is given. */
function donorHas(wanted: Wanted, { node, runtime, image: { id, bytes }, as }: Donor): Offer['had'] | undefined {
  const forDocker = wanted.own.images.runtime === 'docker';
  if (runtime === 'docker' && !forDocker)
    return id === undefined ? undefined : savedImage(wanted, { node, id, digest: as.digest });
  const digest = as.digest ?? id;
  if (digest === undefined || bytes === undefined || (forDocker && id === undefined)) return undefined;
  return { digest, id, bytes };
}

interface ToSave {
  readonly node: string;
  readonly id: string;
  readonly digest: string | undefined;
}

/** What docker saves is packed again: its digest is known when it was read, which only what is right is worth. */
function savedImage({ known, accepted, saved }: Wanted, { node, id, digest }: ToSave): Offer['had'] {
  const isRight = isOf(known, { id }, digest) || (known.state !== 'known' && accepted.has(id));
  if (!isRight) return { digest: id, id, bytes: 0 };
  const answer = saved?.get(savedKey({ node, id }));
  if (answer === undefined) return { why: { state: 'not-saved', id } };
  return answer.state === 'saved' ? { ...answer, knownAs: id } : { why: { state: 'unknown', detail: answer.detail } };
}

function heldOtherwise(images: readonly NodeImage[], known: KnownImage): ReturnType<typeof imageNamed> {
  for (const image of images) {
    const as = image.names.find(({ digest }) => isOf(known, image, digest));
    if (as !== undefined) return { image, as };
  }
  return undefined;
}

/** What is the image, whatever the file calls it, then what it calls so. */
function carriedOffers({ carried = [], own, known, name, candidates }: Wanted): readonly Offer[] {
  const [first] = carried;
  if (first === undefined) return [];
  const offer = ({ file, sha256 }: CarriedImage, had: Offer['had']): Offer => ({
    source: { kind: 'archive', file, sha256 },
    named: file,
    had,
  });
  const names = new Set([name, ...candidates.flatMap(({ reference, needsDigest }) => (needsDigest ? [] : reference))]);
  const wanted = carried.filter((one) => isOf(known, one, one.digest) || one.names.some((called) => names.has(called)));
  const fitting = wanted.filter(({ platform }) => platform === own.images.platform);
  if (fitting.length === 0) return [offer(first, { why: { state: wanted.length > 0 ? 'other-platform' : 'absent' } })];
  return fitting
    .toSorted((a, b) => Number(isOf(known, b, b.digest)) - Number(isOf(known, a, a.digest)))
    .map((one) => offer(one, { digest: one.digest, id: one.id, bytes: one.bytes }));
}

function registryOffer(candidate: RegistryCandidate, { answers, own }: Wanted): Offer {
  const { kind, reference, hosts, needsDigest, tls, hasLogin, oddPath } = candidate;
  const answer: SourceAnswer | undefined = answers?.get(reference);
  const offer = { source: { kind, reference, hosts, needsDigest, ...(tls && { tls }) }, named: reference } as const;
  if (oddPath !== undefined)
    return { ...offer, had: { why: { state: 'unknown', detail: `ctr has no way to ${oddPath}` } } };
  if (answer === undefined) return { ...offer, had: { why: { state: 'not-asked' } } };
  if (answer.state === 'found') return { ...offer, had: answer };
  if (answer.state === 'unknown')
    return { ...offer, had: { why: { state: 'unknown', detail: wordsOf(answer, own.node) } } };
  const isForRuntime = answer.state === 'denied' && hasLogin === true;
  return { ...offer, had: { why: { state: isForRuntime ? 'cri-login' : answer.state } } };
}

/**
 * What the node's own program said, without a sentence of ours around it: it stands in another one, in the language of
 * whoever reads it, beside the registry and the node.
 */
function wordsOf({ detail, error }: Extract<SourceAnswer, { state: 'unknown' }>, node: string): string {
  const problem = error?.params['problem'];
  if (typeof problem !== 'string' || problem === '') return detail.replace(/\.$/u, '');
  return problem.startsWith(`${node}: `) ? problem.slice(node.length + 2) : problem;
}
