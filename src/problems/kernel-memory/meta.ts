import type { ProblemMeta } from '../problem.ts';

export const problemId = 'kernel-memory';

/** The guide's fifth trouble: removed memory cgroups pile up in the kernel until no pod can start. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'critical',
  category: 'kernel',
  platforms: ['any'],
  needsRoot: true,
  writes: ['/etc/default/grub', '/etc/default/grub.d/'],
  remedyRisk: 'low',
  remedies: ['boot-argument'],
  guideSection: '`cannot allocate memory` 오류가 발생하며 파드의 상태가 `FailedCreatePodContainer`로 나타납니다.',
  onRequestOnly: true,
  faults: [],
};
