import type { ProblemMeta } from '../problem.ts';

export const problemId = 'upgrade-blockers';

/** What makes an upgrade of the cluster fail, or leaves something broken behind it. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'upgrades',
  platforms: ['any', 'nks'],
  needsRoot: true,
  writes: [],
  remedyRisk: 'low',
  remedies: ['remove-finalizers'],
  onRequestOnly: true,
  guideSection: '클러스터 업그레이드에 실패합니다.',
  faults: [],
};
