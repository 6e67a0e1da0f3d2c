import { findingMaker } from '../kit/findings.ts';
import { eventRules } from '../kit/node-events.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** rpcbind enabled and started, then statd. */
const remedy = 'statd';

/** All that is said of locks over NFS. */
export const rules = {
  /** kubelet was refused a mount, and the node shows why. */
  'mounts-refused': { fail: 'critical', remedy },
  /** Nobody was refused: mounts may succeed (mount.nfs), and locks on them fail or hang. */
  'statd-blocked': { fail: 'high', remedy },
  /** Nobody was refused: the next mount starts it. Until then nobody watches the locks of those that are mounted. */
  'statd-down': { warn: 'medium', remedy },
  /** Somebody made rpcbind or statd unstartable, or it is not installed. */
  'cannot-start': { fail: 'high', warn: 'low' },
  /** Nothing starts rpcbind at boot. */
  'rpcbind-not-enabled': { warn: 'low', remedy },
  /** kubelet's words, and the node could not be asked. */
  'words-alone': { warn: 'medium' },
  /** kubelet's words about nodes on which this is not the cause. */
  'other-cause': { warn: 'medium' },
  'statd-answers': pass,
  'starts-on-demand': pass,
  'cannot-happen': pass,
  'node-unknown': unknown,
  'node-not-looked-at': { notLookedAt: true },
  ...eventRules,
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
