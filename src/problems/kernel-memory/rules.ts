import { findingMaker } from '../kit/findings.ts';
import { eventRules } from '../kit/node-events.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** Written for the next boot, and the node rebooted. */
const remedy = { remedy: 'boot-argument', onRequest: 'boot-argument' } as const;

/** All that is said of kernel memory. */
export const rules = {
  /** Pods are refused, and the node shows why by something else as well. */
  'pods-refused': { fail: 'critical', ...remedy },
  /** Ids will be used up within weeks, or nearly are. */
  'ids-run-out': { warn: 'high', ...remedy },
  /** Many times as many ids as cgroups: a leak, or what the page cache keeps for a while. */
  'ids-pile-up': { warn: 'medium', ...remedy },
  /** The words of the trouble, and nothing else that speaks for it. */
  'signature-alone': { warn: 'high' },
  /** The words of the trouble on a node that is short of memory for anybody. */
  'memory-short': { warn: 'high' },
  /** The words of the trouble about nodes whose kernels do not leak. */
  'other-cause': { warn: 'medium' },
  /** `cgroup.memory=nokmem` was given to a kernel that does not know it. */
  'argument-without-effect': { warn: 'medium' },
  /** It is written for the next boot, and the running kernel was not given it. */
  'argument-pending': { warn: 'medium', ...remedy },
  /** The running kernel was given it, and not every entry would be at the next boot. */
  'argument-lost-at-reboot': { warn: 'medium', ...remedy },
  'no-sign': pass,
  'cannot-happen': pass,
  'node-unknown': unknown,
  'node-not-looked-at': { notLookedAt: true },
  ...eventRules,
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
