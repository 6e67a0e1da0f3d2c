import type { ProblemMeta } from '../problem.ts';

export const problemId = 'volume-resize';

export const rescanRemedy = 'rescan-on-resize';

/** A volume of Cinder is grown, and the file system on it is not: the driver does not look at the disk again. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'disk',
  platforms: ['any', 'nks'],
  needsRoot: false,
  writes: [],
  remedyRisk: 'disruptive',
  remedies: [rescanRemedy],
  onRequestOnly: true,
  guideSection: 'PV 용량 증설 후에도 파드의 파일 시스템에 증설된 용량이 반영되지 않습니다.',
  faults: [],
};
