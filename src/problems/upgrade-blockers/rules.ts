import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** A failure where the version to upgrade to was named, a warning before. */
const blocks = { fail: 'high', warn: 'medium' } as const;

/** All that is said before an upgrade. */
export const rules = {
  /** What the upgrade deploys again cannot be deleted for it. */
  finalizers: { ...blocks, remedy: 'remove-finalizers', onRequest: 'remove-finalizers' },
  /** From 1.26 to 1.27 the upgrade of workers fails with it. */
  'metrics-api': blocks,
  /** No drain gets past it. */
  'budget-never-allows': blocks,
  /** What is asked for is not there any more afterwards. */
  'deprecated-api': blocks,
  /** The next kubelet needs version 2. */
  'cgroup-v1': { ...blocks, texts: ['findings.cgroup-v1', 'findings.cgroup-v1-edited'] },
  /** A part of the cluster's own that no new node can pull. */
  'retired-image': { ...blocks, explainedBy: [{ condition: 'retired-reference' }] },
  /** The version that was named is not one that this cluster can be upgraded to. */
  'not-next-minor': { fail: 'high' },
  'nothing-blocks': pass,
  'node-fine': pass,
  'version-unknown': unknown,
  'objects-unknown': unknown,
  'metrics-api-unknown': unknown,
  'budgets-unknown': unknown,
  'workloads-unknown': unknown,
  'deprecated-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.deprecated-unknown', 'findings.deprecated-not-looked-at'],
  },
  'cluster-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.cluster-unknown', 'findings.cluster-not-looked-at'],
  },
  'node-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.node-unknown', 'findings.node-not-looked-at'],
  },
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
