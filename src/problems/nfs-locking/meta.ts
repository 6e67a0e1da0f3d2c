import type { ProblemMeta } from '../problem.ts';

export const problemId = 'nfs-locking';

/** The guide's trouble with NAS volumes: without rpc.statd nothing is mounted that locks over NFSv3. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'network',
  platforms: ['any'],
  needsRoot: true,
  writes: [],
  remedyRisk: 'disruptive',
  guideSection:
    'rpc.statd is not running but is required for remote locking 오류가 발생하며 파드에서 NAS 볼륨 마운트가 실패합니다.',
  faults: ['statd-stopped', 'statd-suspended', 'statd-zombie'],
};
