import type { ProblemMeta } from '../problem.ts';

export const problemId = 'volume-ownership';

/**
 * kubelet changes the owner of every file of a volume before a pod starts (`fsGroup`), and gives the mount up meanwhile.
 */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'disk',
  platforms: ['any', 'nks'],
  needsRoot: false,
  writes: [],
  remedyRisk: 'none',
  proposes: true,
  onRequestOnly: true,
  guideSection: 'timed out waiting for condition 오류가 발생하며 파드에 볼륨 마운트가 실패합니다.',
  faults: [],
};
