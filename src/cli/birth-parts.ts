import type { BirthPart } from '../engine/user-script/user-script.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Problem } from '../problems/problem.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { WantedSource } from './source-file.ts';

export interface BirthWishes {
  /** Takes the place of what nodemend would write for its problem. */
  readonly source?: WantedSource | undefined;
  /** Where runtimes are to pull from. */
  readonly mirrors?: readonly Mirror[] | undefined;
}

/**
 * The parts of a user script for these problems; without any named, for all of the catalogue that have one.
 * @throws NodemendError NOTHING_AT_BIRTH, USAGE when a problem and what it needs are not named together
 */
export function birthParts(
  asked: readonly Problem[],
  catalogue: readonly Problem[],
  { source, mirrors }: BirthWishes = {},
): readonly BirthPart[] {
  const able = catalogue.filter(
    ({ birth }) => birth !== undefined && (birth.fromMirrors === undefined || mirrors !== undefined),
  );
  const chosen = asked.length === 0 ? able : asked;
  const takers = catalogue.filter(({ birth }) => birth?.fromMirrors !== undefined);
  if (mirrors !== undefined && !chosen.some((problem) => takers.includes(problem)))
    throw needs('--mirror', takers.map(({ meta }) => meta.id).join(', '));
  return chosen.map(({ meta: { id }, birth }) => {
    if (birth === undefined)
      throw new NodemendError('NOTHING_AT_BIRTH', { problem: id, choices: able.map(({ meta }) => meta.id).join(', ') });
    if (birth.fromMirrors !== undefined) {
      if (mirrors === undefined) throw needs(id, '--mirror');
      return { problem: id, birth: { ...birth, content: birth.fromMirrors(mirrors) } };
    }
    if (source?.problem.meta.id !== id) return { problem: id, birth };
    return { problem: id, birth, given: { content: source.wanted.source.content, path: source.wanted.path } };
  });
}

function needs(typed: string, other: string): NodemendError {
  return new NodemendError('USAGE', { context: 'needs', command: 'user-script', typed, other });
}
