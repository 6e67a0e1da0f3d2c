import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** All that is said of Cinder's volumes that grow. */
export const rules = {
  /** The switch is off: a fail where a claim was grown and its file system was not, else a warning of it. */
  'rescan-missing': { fail: 'high', warn: 'medium', remedy: 'rescan-on-resize', onRequest: 'rescan-on-resize' },
  /** So it is with a claim, and the switch is on, or not known. */
  'not-grown': { fail: 'medium' },
  'rescan-on': pass,
  'sizes-fine': pass,
  /** It cannot happen here. */
  'no-cinder': pass,
  'before-csi': pass,
  'cinder-unknown': { unknown: true, notLookedAt: true },
  'config-unknown': unknown,
  'config-not-looked-at': { notLookedAt: true },
  'sizes-unknown': unknown,
  'sizes-not-looked-at': { notLookedAt: true },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
