import type { ProblemMeta } from '../problem.ts';

/** The guide's first trouble: logs of containers grow until a worker node's disk is full. */
export const meta: ProblemMeta = {
  id: 'container-logs',
  severity: 'high',
  category: 'disk',
  platforms: ['any', 'nks'],
  needsRoot: true,
  writes: [
    '/etc/docker/',
    '/etc/kubernetes/',
    '/etc/logrotate.conf',
    '/etc/logrotate.d/',
    '/var/lib/kubelet/config.yaml',
  ],
  remedyRisk: 'low',
  remedies: [
    'free-rotated-logs',
    'free-dead-logs',
    'truncate-live-logs',
    'daemon-log-opts',
    'docker-restart',
    'kubelet-log-limits',
  ],
  guideSection: '워커 노드의 컨테이너 로그 파일 크기가 커지면서 디스크 공간이 줄어듭니다.',
  faults: [
    'rule-missing',
    'rule-broken',
    'rule-ignored',
    'rule-does-not-cover',
    'rule-unsafe',
    'rule-never-rotates',
    'rule-duplicate',
    'rule-fights-kubelet',
    'rule-without-effect',
    'logrotate-not-scheduled',
    'disk-over-threshold',
    'daemon-config-broken',
  ],
  synchronises: true,
};
