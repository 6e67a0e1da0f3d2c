import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId, publicImages } from './meta.ts';

/** All that is said of Calico's images. */
export const rules = {
  /** A new node cannot pull them; a failure where pods wait for one. */
  'wrong-repository': {
    fail: 'high',
    warn: 'high',
    remedy: publicImages,
    onRequest: publicImages,
    condition: 'wrong-repository',
  },
  'names-fine': pass,
  'not-affected': pass,
  'version-unknown': unknown,
  'workloads-unknown': unknown,
  'pods-unknown': { unknown: true, notLookedAt: true, texts: ['findings.pods-unknown', 'findings.pods-not-looked-at'] },
  'events-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.events-unknown', 'findings.events-not-looked-at'],
  },
  'cluster-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.cluster-unknown', 'findings.cluster-not-looked-at'],
  },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
