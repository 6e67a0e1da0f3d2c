import type { Evidence, NodeEvidence, UnknownReason } from '../../evidence/evidence.ts';
import { rebootRequired, type RebootRequired } from '../../packages/reboot-required.ts';
import { findingMaker } from '../../problems/kit/findings.ts';
import { readFact } from '../../problems/kit/read-fact.ts';
import type { Finding } from '../../problems/problem.ts';

/** The word that stands for it in plans, run ids and texts. */
export const rebootId = 'reboot';

const rules = {
  /** Somebody named the node. */
  requested: { fail: 'low', remedy: 'reboot' },
  /** Its package manager asks for it (`--if-required`). */
  required: { fail: 'low', pass: true, unknown: true, remedy: 'reboot' },
} as const;

const { trouble, pass, unknown } = findingMaker(rebootId, rules);

/** What a doubt is, in the words that evidence has for what could not be seen. */
const reasons = {
  'not-of-root': 'unproven',
  'before-boot': 'unproven',
  'no-hook': 'tool-missing',
  'no-program': 'tool-missing',
  'no-answer': 'malformed',
  'no-manager': 'tool-missing',
} as const satisfies Record<Extract<RebootRequired, { required: 'unknown' }>['why'], UnknownReason>;

/**
 * One finding a node: a fail is rebooted, a pass is not, and an unknown is not either. Pure.
 *
 * @param ifRequired whether only a node whose package manager asks for it is rebooted
 */
export function rebootFindings(evidence: Evidence, ifRequired: boolean): readonly Finding[] {
  return evidence.nodes.map((node) => (ifRequired ? requiredFinding(node) : requestedFinding(node)));
}

function requestedFinding({ name }: NodeEvidence): Finding {
  const evidence = [`${name}#access`];
  return trouble({ status: 'fail', rule: 'requested', subject: { kind: 'node', name }, evidence });
}

function requiredFinding(node: NodeEvidence): Finding {
  const { name } = node;
  const said = { subject: { kind: 'node', name }, evidence: [`${name}#${rebootRequired.key}`] } as const;
  const seen = readFact(node, rebootRequired);
  if (seen.state !== 'seen')
    return unknown(
      { ...said, rule: 'required', why: 'unseen' },
      seen.state === 'unknown' ? seen.reason : 'probe-failed',
    );
  const { value } = seen;
  switch (value.required) {
    case 'unknown':
      return unknown({ ...said, rule: 'required', why: value.why, params: { said: value.detail } }, reasons[value.why]);
    case 'no':
      return pass({ ...said, rule: 'required', why: 'no' });
    case 'yes':
      return trouble({
        ...said,
        status: 'fail',
        rule: 'required',
        why: 'yes',
        params: { packages: packagesOf(value) },
        facts: { packages: value.packages },
      });
  }
}

/** Who asks, where nothing is named. */
function packagesOf({ by, packages }: Extract<RebootRequired, { required: 'yes' }>): string {
  if (packages.length > 0) return packages.join(', ');
  return by === 'file' ? '/var/run/reboot-required' : 'needs-restarting';
}
