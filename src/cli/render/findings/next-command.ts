import type { Trouble } from '../../../problems/kit/rules.ts';
import type { Finding, Problem } from '../../../problems/problem.ts';
import type { CommandSession } from '../../options/open-session.ts';
import { commandLine } from '../../../app/texts/command-line.ts';
import { groupFindings, isTrouble } from './group.ts';

export interface NextCommandOptions extends Pick<CommandSession, 'repeat' | 'repeatAccess'> {
  /** What was asked of whom, to be typed again where the same is asked once more: `['--only', 'image-pull']`. */
  readonly asked?: readonly string[];
  /** What it was diagnosed with and a plan has to be, too: `['--since', 'before.json']`. */
  readonly diagnosedWith?: readonly string[];
  /** Whose findings they may be. */
  readonly problems: readonly Pick<Problem, 'meta' | 'rules'>[];
  /** From a bundle nothing can be planned or tried: there only reading on helps. */
  readonly bundle: boolean;
}

/** What to type after a diagnosis; undefined when there is nothing to do. */
export function nextCommand(findings: readonly Finding[], options: NextCommandOptions): string | undefined {
  const words = nextWords(findings, options);
  return words && commandLine(['nodemend', ...words]);
}

function nextWords(
  findings: readonly Finding[],
  { repeat, repeatAccess, asked = [], diagnosedWith = [], problems, bundle }: NextCommandOptions,
): readonly string[] | undefined {
  const troubles = findings.filter(isTrouble);
  const curable = Map.groupBy(
    troubles.filter(({ remedy }) => remedy),
    ({ problem }) => problem,
  );
  if (curable.size > 0 && !bundle) {
    const named = [...curable].flatMap(([id, ones]) =>
      remediesToName(
        ones,
        problems.find(({ meta }) => meta.id === id),
      ),
    );
    return ['plan', ...curable.keys(), ...named.flatMap((id) => ['--remedy', id]), ...diagnosedWith, ...repeat];
  }
  // What stands first in the view.
  const [first] = groupFindings(findings);
  if (first) return ['explain', first.problem, first.rule];
  if (bundle) return undefined;
  if (findings.some(({ status }) => status === 'unknown')) return ['doctor', ...repeatAccess];
  // With a hosts file there is no API server to ask; and a role has to be bound first.
  const useless = repeat.includes('--hosts') ? /^(?!--)|^--kubeconfig$/u : /^(?!--)/u;
  const skipped = findings.flatMap((finding) => (finding.status === 'not-looked-at' ? [finding] : []));
  const next = skipped.find(({ enable }) => !useless.test(enable));
  return next && ['diagnose', ...asked, ...diagnosedWith, ...repeat, ...next.enable.split(' ')];
}

/**
 * The remedies without which the plan of a problem would not do what its findings call for: those of its failures; those of
 * its warnings, which may stay, only where without them it would plan nothing.
 */
function remediesToName(troubles: readonly Trouble[], problem: Pick<Problem, 'rules'> | undefined): readonly string[] {
  const onRequest = ({ rule }: Trouble): string | undefined => problem?.rules[rule]?.onRequest;
  const failures = troubles.filter(({ status }) => status === 'fail');
  const isPlannedAnyway = failures.length > 0 || troubles.some((trouble) => onRequest(trouble) === undefined);
  const calling = isPlannedAnyway ? failures : troubles;
  return [...new Set(calling.flatMap((trouble) => onRequest(trouble) ?? []))];
}
