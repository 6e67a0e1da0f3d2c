import type { Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { Fact } from '../../evidence/fact.ts';
import type { TextParams } from '../../locales/translator.ts';
import { findingMaker, type Said } from '../kit/findings.ts';
import type { RulesFor } from '../kit/rules.ts';
import type { Finding } from '../problem.ts';
import { factOf } from './facts.ts';
import { rules } from './rules.ts';

export const problemId = 'container-logs';

export const make = findingMaker(problemId, rules);

export type RuleFor<Status extends 'fail' | 'warn' | 'pass' | 'unknown'> = RulesFor<typeof rules, Status>;

interface Reading extends Pick<Said<string>, 'why' | 'params' | 'facts'> {
  /** Facts that it was concluded from; by default those that every verdict on a rule is made from. */
  readonly sections?: readonly Fact[];
}

/** What a rule of this problem has to say, before it is tied to a node. */
export type Verdict = Reading &
  (
    | { readonly status: 'fail'; readonly rule: RuleFor<'fail'> }
    | { readonly status: 'warn'; readonly rule: RuleFor<'warn'> }
    | { readonly status: 'pass'; readonly rule: RuleFor<'pass'> }
  );

/** What every verdict on a rule is made from. */
const ruleFacts: readonly Fact[] = [factOf.rotationFiles, factOf.release, factOf.runtime, factOf.logFiles];

/** What belongs to the node, and what of it was read. */
export function about(node: string, sections = ruleFacts): Pick<Said<string>, 'subject' | 'evidence'> {
  return {
    subject: { kind: 'node', name: node },
    evidence: [`${node}#api`, ...sections.map(({ key }) => `${node}#${key}`)],
  };
}

/** A verdict on a node. */
export function finding(node: string, { sections, ...verdict }: Verdict): Finding {
  const said = about(node, sections);
  return verdict.status === 'pass' ? make.pass({ ...verdict, ...said }) : make.trouble({ ...verdict, ...said });
}

/** What kept the verdict away: `part` names the text that says what could not be seen. */
export function unobserved(
  node: string,
  part: string,
  observed: Exclude<Observed<unknown>, { readonly state: 'seen' }>,
): Finding {
  return observed.state === 'unknown'
    ? unknown(node, part, observed.reason)
    : make.notLookedAt({ ...about(node), rule: 'rule-unknown', text: 'findings.rule-not-looked-at' }, observed.enable);
}

export function unknown(node: string, part: string, reason: UnknownReason, params: TextParams = {}): Finding {
  return make.unknown({ ...about(node), rule: 'rule-unknown', why: part, params }, reason);
}

/** A part of a node that could not be seen, as a rule of its own. */
export function unobservedPart(node: string, rule: RuleFor<'unknown'>, section: Fact, reason: UnknownReason): Finding {
  return make.unknown({ ...about(node, [section]), rule }, reason);
}

/** A process that is called like a daemon and is not shown to be the node's own; `why` also names its text. */
export function doubtfulProcess(node: string, why: string, names: string): Finding {
  return make.unknown(
    { ...about(node, [factOf.runtime]), rule: 'process-doubtful', why, params: { names } },
    'unproven',
  );
}
