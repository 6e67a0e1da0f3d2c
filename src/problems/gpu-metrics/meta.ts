import type { ProblemMeta } from '../problem.ts';

export const problemId = 'gpu-metrics';

/** The guide's trouble with GPU nodes: their exporter does not find its library. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'medium',
  category: 'kernel',
  platforms: ['nks'],
  needsRoot: true,
  writes: ['/etc/dcgm-exporter/', '/etc/systemd/system/dcgm-exporter.service.d/'],
  remedyRisk: 'low',
  // Of the guide's edition of August 2026, which is in no copy that can be read offline: its subject, in our words.
  guideSection: 'GPU 노드에서 GPU 메트릭이 수집되지 않습니다.',
  faults: ['library-uncached'],
};
