import type { EndpointTls } from '../../runtimes/containerd/old-registries.ts';
import { imageNamed } from '../node-images.ts';
import type { CarriedImage, SavedAnswers } from './brought-source.ts';
import type { RegistryCandidate, SourceKind } from './candidates.ts';
import type { KnownImage, NodeStore } from './known-image.ts';
import type { ContentPart } from './manifest.ts';
import { offers, type Offer } from './offers.ts';
import type { SourceAnswer } from './source-answer.ts';

/** Something that has the image, or what is called so. */
export type ImageSource =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'other-node'; readonly node: string; readonly runtime: NodeStore['images']['runtime'] }
  | { readonly kind: 'archive'; readonly file: string; readonly sha256: string }
  | {
      readonly kind: RegistryCandidate['kind'];
      readonly reference: string;
      readonly hosts: RegistryCandidate['hosts'];
      readonly tls?: EndpointTls;
    };

/** What it has there. */
export interface Had {
  /** Of a manifest or an index; the id of what docker has no other digest of. */
  readonly digest: string;
  readonly id: string | undefined;
  /** What a person is shown and accepts, where the digest came about by packing it again. */
  readonly knownAs?: string;
  /** That would come. */
  readonly bytes: number;
  /** What that is, where a registry told it. */
  readonly parts?: readonly ContentPart[];
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
  /** A reference, a name on the node, another node, or a file. */
  readonly named: string;
  readonly kind: SourceKind;
  readonly why:
    | { readonly state: 'absent' | 'denied' | 'other-platform' | 'not-asked' }
    | { readonly state: 'unknown'; readonly detail: string }
    /** `unproven`: nobody knows which image it has to be. `other`: it is known, and this is another one. */
    | { readonly state: 'unproven' | 'other'; readonly digest: string }
    /** The name has a digest, and this is the same image under another one. */
    | { readonly state: 'other-digest'; readonly digest: string }
    /** It is right, and the name stands for something else on the node. */
    | { readonly state: 'taken'; readonly digest: string }
    /** It is right, and docker makes names with a digest only of what it pulls under them. */
    | { readonly state: 'docker-name' }
    /** A docker has it, and has not been asked yet what it is as an archive. */
    | { readonly state: 'not-saved'; readonly id: string }
    /** It wants a login, and the one that the node has is for its runtime alone. */
    | { readonly state: 'cri-login' }
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
  /** Images in a file. */
  readonly carried?: readonly CarriedImage[] | undefined;
  readonly saved?: SavedAnswers | undefined;
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

function judge(wanted: Wanted, source: Offer['source'], had: Had): Judged {
  const judged = compare(wanted, source, had);
  const why = 'why' in judged ? undefined : whyNotNamed(wanted, source, had);
  return why === undefined ? judged : { why };
}

function compare({ known, accepted, name }: Wanted, { needsDigest }: Offer['source'], had: Had): Judged {
  const { digest } = had;
  if (known.state === 'known') {
    if (known.digests.has(digest)) return { ...had, id: known.id ?? had.id, by: 'digest' };
    if (known.id === undefined || had.id !== known.id) return { why: { state: 'other', digest } };
    return name.includes('@') ? { why: { state: 'other-digest', digest } } : { ...had, by: 'id' };
  }
  if (needsDigest === true) return { why: { state: 'ambiguous' } };
  return accepted.has(had.knownAs ?? digest) ? { ...had, by: 'accepted' } : { why: { state: 'unproven', digest } };
}

/** Why the name cannot be made of what is right; a later source may still do. */
function whyNotNamed(
  { name, own: { images } }: Wanted,
  source: ImageSource,
  { digest }: Had,
): DeclinedSource['why'] | undefined {
  const was = imageNamed(images, name)?.as.digest;
  if (was !== undefined && was !== digest) return { state: 'taken', digest };
  const isPulledSo = 'reference' in source && source.reference === name;
  return images.runtime === 'docker' && name.includes('@') && !isPulledSo ? { state: 'docker-name' } : undefined;
}
