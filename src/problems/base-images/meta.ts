import type { ProblemMeta } from '../problem.ts';

export const problemId = 'base-images';

/** The guide's third trouble: kubelet removes images that a node cannot do without, and that nobody can pull again. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'critical',
  category: 'images',
  platforms: ['any', 'nks'],
  needsRoot: true,
  writes: ['/etc/kubernetes/', '/var/lib/kubelet/config.yaml'],
  tellsImages: true,
  remedyRisk: 'low',
  remedies: ['restore-images', 'pin-images', 'unpin-images', 'collection-thresholds'],
  onRequestOnly: true,
  guideSection: '폐쇄망 환경에서 failed to pull image "k8s.gcr.io/pause:3.2"가 발생합니다.',
  faults: ['sandbox-image-removed'],
};
