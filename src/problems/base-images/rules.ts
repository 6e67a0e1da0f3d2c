import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** All that is said of base images. */
export const rules = {
  /** No pod starts any more. */
  'sandbox-image-missing': { fail: 'critical', condition: 'sandbox-image-missing', remedy: 'restore' },
  /** Pods of the node wait for it. */
  'base-image-missing': { fail: 'high', remedy: 'restore' },
  /** Nobody waits for it yet: the next start of its pod there does. */
  'base-image-absent': { warn: 'medium', remedy: 'restore' },
  /** What decides is met: the next collection may take it. */
  'at-risk-now': { warn: 'high' },
  /** It will be met. */
  'at-risk-soon': { warn: 'medium' },
  /** Nodes do not have the same image under one tag. */
  'tag-moved': { warn: 'medium' },
  /** A pin that should be in force is not. */
  'pin-lost': { warn: 'medium' },
  /** A pin that this runtime, or this kubelet, does not look at. */
  'pin-ignored': { warn: 'low' },
  'images-fine': pass,
  'no-kubelet': pass,
  'sandbox-unknown': unknown,
  'risk-unknown': unknown,
  'node-unknown': unknown,
  'node-not-looked-at': { notLookedAt: true },
  'needs-known': pass,
  'pods-unknown': unknown,
  'pods-not-looked-at': { notLookedAt: true },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
