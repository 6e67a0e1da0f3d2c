import type { UnknownReason } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import type { FactValue, Finding, Severity, Subject } from '../problem.ts';

export const problemId = 'image-pull';

/** What one finding was concluded from: parts of the cluster's evidence, or `<node>#<section>`. */
export type Source = 'cluster#pods' | 'cluster#events' | 'cluster#workloads' | `${string}#${string}`;

export interface Said {
  /** Also names its text, unless `text` does. */
  readonly rule: string;
  readonly subject: Subject;
  /** Key below `findings` in the texts; by default the rule. */
  readonly text?: string;
  readonly params?: TextParams;
  readonly from: readonly Source[];
}

interface Trouble extends Said {
  readonly status: 'fail' | 'warn';
  readonly severity: Severity;
  readonly facts?: Readonly<Record<string, FactValue>>;
  /** Whether `plan` has an action for it. */
  readonly remedy?: boolean;
}

export function trouble({ status, severity, facts, remedy = false, ...said }: Trouble): Finding {
  return { ...base(said), status, severity, remedy, ...(facts === undefined ? {} : { facts }) };
}

export function pass(said: Said, facts: Readonly<Record<string, FactValue>>): Finding {
  return { ...base(said), status: 'pass', facts };
}

export function unknown(said: Said, reason: UnknownReason): Finding {
  return { ...base(said), status: 'unknown', reason };
}

export function notLookedAt(said: Said, enable: string): Finding {
  return { ...base(said), status: 'not-looked-at', enable };
}

type Base = Pick<Finding, 'problem' | 'rule' | 'subject' | 'fingerprint' | 'text' | 'evidence'>;

function base({ rule, subject, text = rule, params = {}, from }: Said): Base {
  return {
    problem: problemId,
    rule,
    subject,
    fingerprint: fingerprint(problemId, rule, subject),
    text: { key: `findings.${text}`, params },
    evidence: from,
  };
}
