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
  otherSections: { 'custom.metrics.k8s.io API가 있으면 1.27.3 워커 노드 업그레이드에 실패합니다.': 'finds' },
  faults: [],
};
