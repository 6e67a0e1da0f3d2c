import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rule, type Rules } from '../kit/rules.ts';
import type { Finding } from '../problem.ts';
import { problemId } from './meta.ts';

/** All that is said of base images. */
export const rules = {
  /** No pod starts any more. */
  'sandbox-image-missing': {
    fail: 'critical',
    condition: 'sandbox-image-missing',
    remedy: 'restore',
    onRequest: 'restore-images',
  },
  /** Pods of the node wait for it. */
  'base-image-missing': { fail: 'high', remedy: 'restore', onRequest: 'restore-images' },
  /** It is there, and pods of the node wait for its registry: no image that is brought would help them. */
  'image-always-pulled': { fail: 'high' },
  /** Nobody waits for it yet: the next start of its pod there does. */
  'base-image-absent': { warn: 'medium', remedy: 'restore', onRequest: 'restore-images' },
  /** Nobody needs it before the upgrade that somebody asked about. */
  'upgrade-image-absent': { warn: 'low', remedy: 'restore', onRequest: 'restore-images' },
  /** What decides is met: the next collection may take it. */
  'at-risk-now': { warn: 'high', remedy: 'pin', onRequest: 'pin-images' },
  /** It will be met. */
  'at-risk-soon': { warn: 'medium', remedy: 'pin', onRequest: 'pin-images' },
  /** Nodes do not have the same image under one tag. */
  'tag-moved': { warn: 'medium' },
  /** Containers run another image than their tag stands for on the node by now. */
  'tag-replaced': { warn: 'medium' },
  'tag-unknown': unknown,
  /** A pin that should be in force is not. */
  'pin-lost': { warn: 'medium', remedy: 'pin', onRequest: 'pin-images' },
  /** A pod that should hold an image does not run. */
  'hold-lost': { warn: 'medium' },
  /** A DaemonSet that nodemend made to hold images is not as it made it. */
  'hold-edited': { warn: 'medium', remedy: 'pin', onRequest: 'pin-images' },
  /** As whoever changed it says on purpose. */
  'hold-accepted': pass,
  /** A pin that this runtime, or this kubelet, does not look at. */
  'pin-ignored': { warn: 'low' },
  /** A pin of nodemend's own that nobody needs any more. */
  'pin-stale': { warn: 'low', remedy: 'unpin', onRequest: 'unpin-images' },
  'images-fine': pass,
  /** What somebody asked for is there, and nothing removes it. */
  'no-kubelet': pass,
  /** Neither a kubelet nor an API server nor anybody says what the host must have. */
  'needs-unknown': unknown,
  'sandbox-unknown': unknown,
  'risk-unknown': unknown,
  'node-unknown': unknown,
  'node-not-looked-at': { notLookedAt: true },
  'needs-known': pass,
  'pods-unknown': unknown,
  'holds-unknown': unknown,
  'pods-not-looked-at': { notLookedAt: true },
  /** Layers that are dropped once they are unpacked: only a second start of the runtime's client tells whether they still are. */
  'snapshots-not-looked-at': { notLookedAt: true },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);

/** Whether it is a trouble that this part of the plan cures. */
export function isCuredBy(finding: Finding, remedy: 'restore' | 'pin' | 'unpin'): boolean {
  const rule: Rule = rules[finding.rule as keyof typeof rules];
  return (finding.status === 'fail' || finding.status === 'warn') && finding.remedy && rule.remedy === remedy;
}
