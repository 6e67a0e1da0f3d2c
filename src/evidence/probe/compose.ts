import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import { withDaemon } from '../../runtimes/with-daemon.ts';
import prelude from './prelude.sh?raw';

/** What collection needs to know of a problem. */
export type ProbedProblem = Pick<Problem, 'meta' | 'probe'>;

export interface ComposedProbe {
  /** POSIX sh: `"$1"` is the run's marker, `"$2"` the time budget of all sections together, seconds. */
  readonly script: string;
  /** Keys of all sections that a complete reply has, but for the identity. */
  readonly sections: readonly string[];
}

/** The section that the prelude sends by itself: who the node says it is. */
export const identityKey = 'nodemend/identity';

const name = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Joins the probes of the asked problems into one script. The same problems give the same text. */
export function composeProbe(problems: readonly ProbedProblem[]): ComposedProbe {
  return {
    script: joinProbes(problems),
    sections: problems.flatMap(({ meta, probe }) =>
      probe.sections.map((section) => `${checkedName(meta.id)}/${checkedName(section)}`),
    ),
  };
}

/**
 * The braces make one command of it: a shell that reads its script from a connection runs it only when it has arrived
 * whole. Nothing but names of the catalogue goes into the text, and those are letters, digits and hyphens.
 */
function joinProbes(problems: readonly ProbedProblem[]): string {
  return [
    '{',
    ...[prelude, withDaemon()].map(withoutComments),
    ...[...new Set(problems.flatMap(({ probe }) => probe.shared ?? []))].map(withoutComments),
    ...problems.flatMap(({ meta, probe }) => [`nm_problem=${checkedName(meta.id)}`, probe.script]),
    'nm_finish',
    '}',
    '',
  ].join('\n');
}

/** Explanations are half of it, and they would travel to each node. No here-document is in it that this could hurt. */
function withoutComments(script: string): string {
  return script.replaceAll(/^[ \t]*#.*\n|^\n/gmu, '');
}

function checkedName(text: string): string {
  if (!name.test(text)) throw new NodemendError('INTERNAL', { problem: `${text} cannot name a problem or a section` });
  return text;
}
