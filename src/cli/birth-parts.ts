import type { BirthPart } from '../engine/user-script/user-script.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Problem } from '../problems/problem.ts';
import type { WantedSource } from './source-file.ts';

/**
 * The parts of a user script for these problems; without any named, for all of the catalogue that have one. A source takes the place
 * of what nodemend would write for its problem.
 * @throws NodemendError NOTHING_AT_BIRTH
 */
export function birthParts(asked: readonly Problem[], catalogue: readonly Problem[], source?: WantedSource): readonly BirthPart[] {
  const able = catalogue.filter(({ birth }) => birth !== undefined);
  return (asked.length === 0 ? able : asked).map(({ meta: { id }, birth }) => {
    if (birth === undefined) throw new NodemendError('NOTHING_AT_BIRTH', { problem: id, choices: able.map(({ meta }) => meta.id).join(', ') });
    if (source?.problem.meta.id !== id) return { problem: id, birth };
    return { problem: id, birth, given: { content: source.wanted.source.content, path: source.wanted.path } };
  });
}
