import type { ProblemMeta } from '../problem.ts';

/**
 * The guide's second trouble, and what else hides behind the same word: a pod waits for an image that does not come.
 */
export const meta: ProblemMeta = {
  id: 'image-pull',
  severity: 'high',
  category: 'images',
  platforms: ['any', 'nks'],
  needsRoot: false,
  writes: ['/etc/containerd/', '/etc/docker/'],
  remedyRisk: 'low',
  remedies: ['rewrite-references', 'mirror'],
  onRequestOnly: true,
  guideSection: '파드의 상태가 ImagePullBackOff로 나타납니다.',
  faults: ['resolve-missing', 'override-path-missing', 'certificate-missing', 'hosts-ignored', 'mirrors-conflict'],
};
