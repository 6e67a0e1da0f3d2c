import { formatReference, isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';

/** An image that a new node is to have before its first pod. */
export interface SeededImage {
  /** As kubelet asks for it, written out. */
  readonly name: string;
  /** Where it is pulled from, by its digest: `mirror.internal/pause@sha256:…`. */
  readonly source: string;
  readonly digest: string;
}

/** A line that cannot be used. */
export interface WrongLine {
  readonly line: number;
  readonly written: string;
  readonly fault: 'form' | 'name' | 'source' | 'digest' | 'twice' | 'otherDigest';
}

/**
 * Takes apart lines of `NAME=REPOSITORY@sha256:DIGEST`; what stands behind a `#` is a remark. The digest has to be there:
 * nobody is at the node's first boot to see what a tag stands for.
 */
export function readImageList(text: string): readonly SeededImage[] | WrongLine {
  const images: SeededImage[] = [];
  for (const [index, written] of text.split(/\r?\n/u).entries()) {
    const words = written.replace(/(?:^|\s)#.*$/u, '').trim();
    if (words === '') continue;
    const read = readLine(words);
    const fault = typeof read === 'string' ? read : images.some(({ name }) => name === read.name) ? 'twice' : undefined;
    if (fault !== undefined || typeof read === 'string')
      return { line: index + 1, written: words, fault: fault ?? 'form' };
    images.push(read);
  }
  return images;
}

function readLine(words: string): SeededImage | WrongLine['fault'] {
  const equals = words.indexOf('=');
  if (equals === -1) return 'form';
  const [wanted, from] = [parseReference(words.slice(0, equals)), parseReference(words.slice(equals + 1))];
  if (isInvalid(wanted)) return 'name';
  if (isInvalid(from)) return 'source';
  const { digest } = from;
  if (digest === null || !/^sha256:[0-9a-f]{64}$/u.test(digest)) return 'digest';
  if (wanted.digest !== null && wanted.digest !== digest) return 'otherDigest';
  const name = formatReference(wanted.digest === null ? wanted : { ...wanted, tag: null });
  return { name, source: formatReference({ ...from, tag: null }), digest };
}
