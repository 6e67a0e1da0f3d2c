import { bootState } from '../../grub/boot-state.ts';
import { cgroupFolders } from '../../kernel/cgroup-folders.ts';
import { kernelLog } from '../../kernel/log.ts';
import { memoryCgroups } from '../../kernel/memory-cgroups.ts';
import type { Problem } from '../problem.ts';
import faultScript from './break.sh?raw';
import { bootstrap } from './boot-argument/bootstrap.ts';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { inputs, type KernelMemoryInputs } from './inputs.ts';
import { meta } from './meta.ts';
import { plan } from './plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const kernelMemory: Problem<KernelMemoryInputs> = {
  meta,
  rules,
  facts: [memoryCgroups, cgroupFolders, kernelLog, bootState],
  reads: ['events'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  inputs,
  bootstrap,
  plan,
  checks: {},
  faultScript,
  clusterFaults,
};
