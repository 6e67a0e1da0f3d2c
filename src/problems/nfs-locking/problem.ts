import { systemdServices } from '../../runtimes/systemd/services.ts';
import type { Problem } from '../problem.ts';
import { answersCheck } from './answers-check.ts';
import faultScript from './break.sh?raw';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { nfsClient, registration } from './facts.ts';
import { meta } from './meta.ts';
import { plan } from './plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const nfsLocking: Problem = {
  meta,
  rules,
  facts: [nfsClient, systemdServices, registration],
  reads: ['events'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  plan,
  checks: { [answersCheck.name]: answersCheck.check },
  faultScript,
  clusterFaults,
};
