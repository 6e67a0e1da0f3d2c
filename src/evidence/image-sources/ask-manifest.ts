import { ownChild } from '../../images/containerd-images.ts';
import { readManifest, type Manifest } from '../../images/sources/manifest.ts';
import type { SourceAnswer } from '../../images/sources/source-answer.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { sha256 } from '../../hash/sha256.ts';
import { formatReference, type ImageReference } from '../../registry/reference/image-reference.ts';

/** The bytes of a manifest, or what kept a registry from giving it. */
export type FetchedManifest =
  | { readonly state: 'found'; readonly content: Uint8Array }
  | { readonly state: 'absent' | 'denied' };

/** @throws NodemendError REGISTRY_…, NODE_WITHOUT_HTTP, and those of the transport; the signal's reason */
export type FetchManifest = (reference: ImageReference, signal: AbortSignal) => Promise<FetchedManifest>;

/**
 * What a registry has under a reference, for one platform. Believed is what the bytes say that came, not what they were
 * announced as.
 * @throws NodemendError as `FetchManifest`; REGISTRY_ANSWER_INVALID for what is not the manifest that was asked for
 */
export async function askManifest(
  get: FetchManifest,
  { reference, platform }: { readonly reference: ImageReference; readonly platform: string },
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const first = await fetchChecked(get, reference, signal);
  if (!('digest' in first)) return first;
  const { digest, manifest } = first;
  if (manifest.kind === 'image') return found(digest, manifest);
  const part = ownChild(manifest.parts, platform);
  if (part === undefined) return { state: 'other-platform' };
  const inner = await fetchChecked(get, { ...reference, tag: null, digest: part.digest }, signal);
  if (!('digest' in inner)) return inner;
  if (inner.manifest.kind !== 'image') throw invalid(reference, 'its index has another index in it');
  return found(digest, inner.manifest);
}

function found(
  digest: string,
  { id, bytes, parts }: Extract<Manifest, { readonly kind: 'image' }>,
): Extract<SourceAnswer, { readonly state: 'found' }> {
  return { state: 'found', digest, id, bytes, parts };
}

async function fetchChecked(get: FetchManifest, reference: ImageReference, signal: AbortSignal) {
  const fetched = await get(reference, signal);
  if (fetched.state !== 'found') return fetched;
  const digest = `sha256:${sha256(fetched.content)}`;
  if (reference.digest !== null && reference.digest !== digest)
    throw invalid(reference, `it sent ${digest} for ${formatReference(reference)}`);
  const manifest = readManifest(Buffer.from(fetched.content).toString('utf8'));
  if (manifest === undefined) throw invalid(reference, `${formatReference(reference)} is not a manifest there`);
  return { digest, manifest };
}

function invalid({ registry }: ImageReference, problem: string): NodemendError {
  return new NodemendError('REGISTRY_ANSWER_INVALID', { host: registry, problem });
}
