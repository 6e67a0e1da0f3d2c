import type { ProblemMeta } from '../problem.ts';

export const problemId = 'calico-ebpf';

export const udpRemedy = 'udp-variables';

/** What the guide says goes wrong where Calico uses eBPF: UDP from the host's network, Istio, and names used again. */
export const meta: ProblemMeta = {
  id: problemId,
  severity: 'high',
  category: 'network',
  platforms: ['any', 'nks'],
  needsRoot: false,
  writes: [],
  remedyRisk: 'disruptive',
  remedies: [udpRemedy],
  onRequestOnly: true,
  guideSection:
    'Calico-eBPF CNI를 사용하는 클러스터의 파드에 hostnetwork: true, dnsPolicy: ClusterFirstWithHostNet 옵션을 설정하면 UDP 통신 문제가 발생합니다.',
  otherSections: {
    'Calico-eBPF 클러스터에서 istio가 오동작합니다.': 'finds',
    'Calico-eBPF CNI를 사용하는 클러스터에서 노드 감축 후 증설 시 네트워크 장애가 발생합니다.': 'finds',
  },
  faults: [],
};
