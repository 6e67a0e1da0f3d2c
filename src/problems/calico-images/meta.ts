import type { ProblemMeta } from '../problem.ts';

export const problemId = 'calico-images';

export const publicImages = 'public-images';

/** Calico's images have names that no registry serves: a new node never gets its network. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'images',
  platforms: ['nks'],
  needsRoot: false,
  writes: [],
  remedyRisk: 'disruptive',
  remedies: [publicImages],
  onRequestOnly: true,
  guideSection:
    'NKS 레지스트리가 비활성 상태인 v1.29.3 이하 버전 클러스터에서 노드 증설 혹은 노드 그룹 추가 시 calico-node 파드 배포에 실패하여 노드 초기화 작업에 실패합니다.',
  otherSections: {
    'calico-typha, calico-kube-controllers 파드의 상태가 ImagePullBackOff로 나타납니다.': 'repairs',
  },
  faults: [],
};
