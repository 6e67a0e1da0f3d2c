import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { DeclaredInputs, TypedInputs } from './declared-inputs.ts';
import type { Problem } from '../../problems/problem.ts';

/** How remedies were named on a command line. */
interface NamedRemedies {
  /** `--remedy` */
  readonly remedy?: readonly string[];
  /** Inputs that were typed: some name their remedy. */
  readonly declared?: readonly DeclaredInputs[];
  readonly typed?: TypedInputs;
}

/** @throws NodemendError USAGE, with the nearest id, when none of the asked problems has such a remedy. */
export function knownRemedies(
  { remedy: ids = [], declared = [], typed = new Map() }: NamedRemedies,
  asked: readonly Pick<Problem, 'meta'>[],
  command: string,
): ReadonlySet<string> {
  const known = asked.flatMap(({ meta }) => meta.remedies ?? []);
  const wanted = new Set(ids.flatMap((id) => id.split(',')).map((id) => id.trim()));
  const strange = [...wanted].find((id) => !known.includes(id));
  if (strange === undefined) return wanted.union(remediesOfInputs(declared, typed, asked));
  const suggestion = nearestName(strange, known);
  const params = { value: strange, command, choices: known.join(', ') || '-' };
  throw new NodemendError(
    'USAGE',
    suggestion === undefined ? { ...params, context: 'remedy' } : { ...params, context: 'remedyNear', suggestion },
  );
}

/** Those of the asked problems that are named by an input. */
function remediesOfInputs(
  declared: readonly DeclaredInputs[],
  typed: TypedInputs,
  asked: readonly Pick<Problem, 'meta'>[],
): ReadonlySet<string> {
  const own = declared.filter(({ problem }) => asked.some(({ meta }) => meta.id === problem));
  const named = own
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { options }]) => Object.entries(options).some(([name, one]) => one.namesRemedy && typed.has(name)));
  return new Set(named.map(([remedy]) => remedy));
}
