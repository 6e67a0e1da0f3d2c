import type { BirthPart } from '../engine/user-script/user-script.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Problem } from '../problems/problem.ts';

/** The parts of a user script for these problems; without any named, for all of the catalogue that have one. @throws NodemendError NOTHING_AT_BIRTH */
export function birthParts(asked: readonly Problem[], catalogue: readonly Problem[]): readonly BirthPart[] {
  const able = catalogue.filter(({ birth }) => birth !== undefined);
  return (asked.length === 0 ? able : asked).map(({ meta: { id }, birth }) => {
    if (birth === undefined) throw new NodemendError('NOTHING_AT_BIRTH', { problem: id, choices: able.map(({ meta }) => meta.id).join(', ') });
    return { problem: id, birth };
  });
}
