import type { Problem } from '../problem.ts';
import faultScript from './break.sh?raw';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { meta } from './meta.ts';
import { plan } from './plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const calicoEbpf: Problem = {
  meta,
  rules,
  facts: [],
  reads: ['workloads', 'pods', 'calico'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  plan,
  checks: {},
  faultScript,
  clusterFaults,
};
