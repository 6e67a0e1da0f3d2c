import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** All that is said of pods that wait for their volumes. */
export const rules = {
  /** kubelet changes the owner of every file, and the mount is given up meanwhile. */
  'ownership-recursive': { fail: 'high' },
  /** The same words, and another cause: the volume is not on the node at all. */
  'volume-not-attached': { fail: 'medium' },
  /** It waits, and what would tell the two apart could not be read. */
  'cause-unknown': unknown,
  'mounts-fine': pass,
  'mounts-unknown': unknown,
  'mounts-not-looked-at': { notLookedAt: true },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
