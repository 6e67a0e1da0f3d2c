import type { BootstrapPart } from '../../engine/user-script/user-script.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SynchronisedProblem } from '../problems/synchronised.ts';
import type { WantedFile } from '../../problems/kit/synchronise.ts';
import type { Problem } from '../../problems/problem.ts';
import type { ReadInputs } from './read-inputs.ts';

export interface BootstrapWishes {
  /** Takes the place of what nodemend would write for its problem. */
  readonly source?: (Pick<SynchronisedProblem, 'problem'> & { readonly wanted: Required<WantedFile> }) | undefined;
  readonly inputs?: ReadInputs;
}

/**
 * The parts of a user script for these problems; without any named, for all of the catalogue that have one.
 * @throws NodemendError NOTHING_AT_BIRTH, USAGE when a problem and what it needs are not named together
 */
export function bootstrapParts(
  asked: readonly Problem[],
  catalogue: readonly Problem[],
  { source, inputs = new Map() }: BootstrapWishes = {},
): readonly BootstrapPart[] {
  const able = catalogue.filter((problem) => contentOf(problem, inputs) !== undefined);
  const chosen = asked.length === 0 ? able : asked;
  const left = catalogue.find(
    (problem) => Object.keys(inputs.get(problem.meta.id) ?? {}).length > 0 && !chosen.includes(problem),
  );
  if (left !== undefined) throw needs(neededInput(left), left.meta.id);
  return chosen.map((problem) => {
    const { id } = problem.meta;
    if (problem.bootstrap === undefined)
      throw new NodemendError('NOTHING_AT_BIRTH', { problem: id, choices: able.map(({ meta }) => meta.id).join(', ') });
    const content = contentOf(problem, inputs);
    if (content === undefined) throw needs(id, neededInput(problem));
    const part = { problem: id, bootstrap: { script: problem.bootstrap.script, content } };
    if (source?.problem.meta.id !== id) return part;
    return { ...part, given: { content: source.wanted.source.content, path: source.wanted.path } };
  });
}

/** Undefined where there is none without inputs that were not given. */
function contentOf({ meta, bootstrap }: Problem, inputs: ReadInputs): string | undefined {
  if (typeof bootstrap?.content !== 'function') return bootstrap?.content;
  return bootstrap.content(inputs.get(meta.id) ?? {});
}

/** What has to be typed for the problem's part. */
function neededInput({ inputs = {} }: Problem): string {
  const options = Object.values(inputs).flatMap(({ options, atBootstrap }) =>
    atBootstrap ? Object.entries(options) : [],
  );
  const [name = ''] = options.find(([, { required }]) => required) ?? options[0] ?? [];
  return `--${name}`;
}

function needs(typed: string, other: string): NodemendError {
  return new NodemendError('USAGE', { context: 'needs', command: 'user-script', typed, other });
}
