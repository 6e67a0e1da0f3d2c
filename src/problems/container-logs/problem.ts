import type { Problem } from '../problem.ts';
import { birth } from './birth.ts';
import faultScript from './break.sh?raw';
import { daemonHasRead } from './docker-limits/daemon-has-read.ts';
import { logrotateAccepts } from './rotation/checks/logrotate-accepts.ts';
import { ruleCoversLogs } from './rotation/checks/rule-covers-logs.ts';
import { ruleGone } from './rotation/checks/rule-gone.ts';
import { daemonRemedies } from './docker-limits/daemon-plan.ts';
import { diagnose } from './diagnose.ts';
import { factOf } from './facts.ts';
import { problemId } from './finding.ts';
import { rules } from './rules.ts';
import { synchronise } from './drift/synchronise.ts';
import { plan } from './plan.ts';
import { roomRemedies } from './free-room/free-room-plan.ts';
import { kubeletHasLimits } from './kubelet-limits/kubelet-has-limits.ts';
import { kubeletRemedy } from './kubelet-limits/kubelet-plan.ts';
import { daemonAccepts } from '../../runtimes/docker/daemon-accepts.ts';
import pageKo from './README.ko.md?raw';
import page from './README.md?raw';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

/** The guide's first trouble: logs of containers grow until a worker node's disk is full. */
export const containerLogs: Problem = {
  meta: {
    id: problemId,
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
    remedies: [...roomRemedies, ...daemonRemedies, kubeletRemedy],
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
  },
  rules,
  facts: Object.values(factOf),
  texts: { en: textsEn, ko: textsKo },
  page: { en: page, ko: pageKo },
  diagnose,
  plan,
  synchronise,
  checks: {
    'daemon-accepts': daemonAccepts,
    'daemon-has-read': daemonHasRead,
    'kubelet-has-limits': kubeletHasLimits,
    'logrotate-accepts': logrotateAccepts,
    'rule-covers-logs': ruleCoversLogs,
    'rule-gone': ruleGone,
  },
  faultScript,
  birth,
};
