import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** The counters that need the library's profiling are switched off, ldconfig is run, the exporter restarted. */
const remedy = 'exporter';

/** All that is said of a node's GPU metrics. */
export const rules = {
  'exporter-down': { fail: 'medium', remedy },
  /** It runs because it was started before; the next start fails. */
  'library-uncached': { warn: 'low', remedy },
  /** Nothing that ldconfig could find. */
  'library-absent': { fail: 'medium' },
  /** The same words on an image that is not in the guide's table. */
  'other-image': { warn: 'medium' },
  /** The exporter does not run, and the library is there. */
  'other-cause': { warn: 'medium' },
  'exporter-runs': pass,
  'cannot-happen': pass,
  'node-unknown': unknown,
  'node-not-looked-at': { notLookedAt: true },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
