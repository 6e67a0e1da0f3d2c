import type { FindSuccessor } from '../registry/successor.ts';
import type { FoundReference } from './reference.ts';
import type { RetiredPatterns } from './retired-patterns.ts';
import { scanText } from './scan-text.ts';

/** As docker, buildah and their users call them: `Dockerfile`, `Dockerfile.web`, `web.dockerfile`, `Containerfile`. */
export function isDockerfile(file: string): boolean {
  return /(?:^|\/)(?:Docker|Container)file(?:\.[^/]*)?$|\.(?:docker|container)file$/i.test(file);
}

/**
 * Where a build takes an image from (docs.docker.com, Dockerfile reference): `FROM`, `COPY --from`, the `from` of a mount,
 * and the parser directive `# syntax`.
 */
const sources: readonly RegExp[] = [
  /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim,
  /^[ \t]*(?:COPY|ADD)[ \t]+(?:--\S+[ \t]+)*?--from=(\S+)/gim,
  /^[ \t]*#[ \t]*syntax[ \t]*=[ \t]*(\S+)/gim,
];

/** A comment, but for the parser directive, which is one by its form. */
const comment = /^[ \t]*#.*$/gm;

interface Options {
  readonly patterns: RetiredPatterns;
  readonly successorOf: FindSuccessor;
}

/** What a Dockerfile builds from is changed in place; what else names a retired registry in it is told. */
export function findInDockerfile(text: string, options: Options): readonly FoundReference[] {
  const images = sources
    .flatMap((source) => [...text.matchAll(source)])
    .flatMap((match) => imageAt(match, options.successorOf));
  const live = text.replace(comment, (line) => ' '.repeat(line.length));
  const others = scanText(live, { ...options, from: 0, reason: 'other-format' });
  const places = new Set(images.map(({ start }) => start));
  return [...images, ...others.filter(({ start }) => !places.has(start))];
}

function imageAt({ 0: line, 1: old = '', index }: RegExpExecArray, successorOf: FindSuccessor): FoundReference[] {
  const successor = successorOf(old);
  if (successor === undefined) return [];
  const start = index + line.length - old.length;
  const place = { start, end: start + old.length, old };
  if (successor.action === 'report')
    return [{ ...place, new: successor.reference ?? null, action: 'report', reason: successor.reason }];
  return [{ ...place, new: successor.reference, action: 'change', reason: 'retired-registry' }];
}
