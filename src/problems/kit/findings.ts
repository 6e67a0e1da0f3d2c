import type { UnknownReason } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { FactValue, Finding, Subject } from '../problem.ts';
import { fingerprint } from './fingerprint.ts';
import { severityOf, type Rules, type RulesFor } from './rules.ts';

type Facts = Readonly<Record<string, FactValue>>;

/** What a finding says, and of what. */
export interface Said<Rule extends string> {
  readonly rule: Rule;
  readonly subject: Subject;
  /** Which of its reasons, where the rule has several: the text is `findings.<rule>.<why>`. */
  readonly why?: string | undefined;
  /** Key of its text where that is called otherwise (`Rule.texts`). */
  readonly text?: string | undefined;
  readonly params?: TextParams | undefined;
  /** What it was concluded from: `<node>#<section>`, `<node>#api`, `cluster#pods`. */
  readonly evidence: readonly string[];
  /** Numbers for people and JSON. */
  readonly facts?: Facts | undefined;
}

/** A fail or a warning; `remedy` is false where the rule has one in general and none in this case. */
export type TroubleSaid<Table extends Rules> = { readonly remedy?: false | undefined } & (
  | (Said<RulesFor<Table, 'fail'>> & { readonly status: 'fail' })
  | (Said<RulesFor<Table, 'warn'>> & { readonly status: 'warn' })
);

/** Makes the findings of one problem, each from the rule's entry in its table. */
export interface FindingMaker<Table extends Rules> {
  readonly trouble: (said: TroubleSaid<Table>) => Finding;
  readonly pass: (said: Said<RulesFor<Table, 'pass'>>) => Finding;
  readonly unknown: (said: Said<RulesFor<Table, 'unknown'>>, reason: UnknownReason) => Finding;
  readonly notLookedAt: (said: Said<RulesFor<Table, 'notLookedAt'>>, enable: string) => Finding;
}

export function findingMaker<const Table extends Rules>(problem: string, rules: Table): FindingMaker<Table> {
  const base = ({ rule, subject, why, text, params = {}, evidence }: Said<string>): Base => ({
    problem,
    rule,
    subject,
    fingerprint: fingerprint(problem, rule, subject),
    text: { key: text ?? textKey(rule, why), params },
    evidence,
  });
  const factsOf = ({ facts }: Said<string>): { readonly facts?: Facts } => (facts === undefined ? {} : { facts });
  return {
    trouble: (said) => {
      const { status, rule, why, remedy } = said;
      const entry = rules[rule];
      return {
        ...base(said),
        status,
        severity: severityOf(entry?.[status], why),
        remedy: entry?.remedy !== undefined && remedy !== false,
        ...factsOf(said),
      };
    },
    pass: (said) => ({ ...base(said), status: 'pass', ...factsOf(said) }),
    unknown: (said, reason) => ({ ...base(said), status: 'unknown', reason }),
    notLookedAt: (said, enable) => ({ ...base(said), status: 'not-looked-at', enable }),
  };
}

/** Key of the text in which a rule speaks. */
export function textKey(rule: string, why: string | undefined): string {
  return why === undefined ? `findings.${rule}` : `findings.${rule}.${why}`;
}

type Base = Pick<Finding, 'problem' | 'rule' | 'subject' | 'fingerprint' | 'text' | 'evidence'>;
