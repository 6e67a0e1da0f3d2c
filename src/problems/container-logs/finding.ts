import type { Seen, UnknownReason } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import type { FactValue, Finding, Severity } from '../problem.ts';

export const problemId = 'container-logs';

/** What a rule of this problem has to say, before it is tied to a node. */
export interface Verdict {
  readonly status: 'fail' | 'warn' | 'pass';
  readonly rule: string;
  /** Key below `findings` in the texts; by default the rule. */
  readonly text?: string;
  readonly params?: TextParams;
  /** Absent for a pass. */
  readonly severity?: Severity;
  readonly facts?: Readonly<Record<string, FactValue>>;
  /** Sections that it was concluded from; by default those that every verdict on a rule is made from. */
  readonly sections?: readonly string[];
  /** False when only a person can mend it, and the text says how. */
  readonly remedy?: boolean;
}

const readSections: readonly string[] = ['rotation-files', 'logrotate-version', 'runtime', 'log-files'];

/** A package is not installed without a person. */
const onlyForPeople: readonly string[] = ['logrotate-missing'];

/** A verdict on a node. Every verdict that is no pass has a remedy, which `plan` may still refuse. */
export function finding(node: string, verdict: Verdict): Finding {
  const base = findingBase(node, {
    rule: verdict.rule,
    text: verdict.text ?? verdict.rule,
    params: verdict.params ?? {},
    sections: verdict.sections,
  });
  const facts = verdict.facts === undefined ? {} : { facts: verdict.facts };
  if (verdict.status === 'pass') return { ...base, status: 'pass', ...facts };
  const remedy = verdict.remedy ?? !onlyForPeople.includes(verdict.rule);
  return { ...base, status: verdict.status, severity: verdict.severity ?? 'high', remedy, ...facts };
}

/** What kept the verdict away: `part` names the text that says what could not be seen. */
export function unseen(node: string, part: string, seen: Exclude<Seen<unknown>, { readonly state: 'seen' }>): Finding {
  if (seen.state === 'not-looked-at') {
    return {
      ...findingBase(node, { rule: 'rule-unknown', text: 'rule-not-looked-at', params: {} }),
      status: 'not-looked-at',
      enable: seen.enable,
    };
  }
  return unknown(node, part, seen.reason);
}

export function unknown(node: string, part: string, reason: UnknownReason, params: TextParams = {}): Finding {
  return {
    ...findingBase(node, { rule: 'rule-unknown', text: `rule-unknown.${part}`, params }),
    status: 'unknown',
    reason,
  };
}

/** A part of a node that could not be seen, as a rule of its own: `<rule>` also names its text. */
export function unseenPart(node: string, rule: string, section: string, reason: UnknownReason): Finding {
  return { ...findingBase(node, { rule, text: rule, params: {}, sections: [section] }), status: 'unknown', reason };
}

/** A process that is called like a daemon and is not shown to be the node's own; `why` also names its text. */
export function doubtfulProcess(node: string, why: string, names: string): Finding {
  const rule = 'process-doubtful';
  return {
    ...findingBase(node, { rule, text: `${rule}.${why}`, params: { names }, sections: ['runtime'] }),
    status: 'unknown',
    reason: 'unproven',
  };
}

interface Said {
  readonly rule: string;
  /** Key below `findings` in the texts. */
  readonly text: string;
  readonly params: TextParams;
  readonly sections?: readonly string[] | undefined;
}

function findingBase(
  node: string,
  { rule, text, params, sections = readSections }: Said,
): Pick<Finding, 'problem' | 'rule' | 'subject' | 'fingerprint' | 'text' | 'evidence'> {
  const subject = { kind: 'node', name: node } as const;
  return {
    problem: problemId,
    rule,
    subject,
    fingerprint: fingerprint(problemId, rule, subject),
    text: { key: `findings.${text}`, params },
    evidence: [`${node}#api`, ...sections.map((section) => `${node}#${problemId}/${section}`)],
  };
}
