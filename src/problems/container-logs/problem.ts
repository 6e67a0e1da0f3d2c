import type { Problem } from '../problem.ts';
import { bootstrap } from './bootstrap.ts';
import faultScript from './break.sh?raw';
import { daemonHasRead } from './docker-limits/daemon-has-read.ts';
import { logrotateAccepts } from './rotation/checks/logrotate-accepts.ts';
import { ruleCoversLogs } from './rotation/checks/rule-covers-logs.ts';
import { ruleGone } from './rotation/checks/rule-gone.ts';
import { diagnose } from './diagnose.ts';
import { factOf } from './facts.ts';
import { meta } from './meta.ts';
import { rules } from './rules.ts';
import { synchronise } from './drift/synchronise.ts';
import { plan } from './plan.ts';
import { kubeletHasLimits } from './kubelet-limits/kubelet-has-limits.ts';
import { daemonAccepts } from '../../runtimes/docker/daemon-accepts.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

/** The guide's first trouble: logs of containers grow until a worker node's disk is full. */
export const containerLogs: Problem = {
  meta,
  rules,
  facts: Object.values(factOf),
  texts: { en: textsEn, ko: textsKo },
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
  bootstrap,
};
