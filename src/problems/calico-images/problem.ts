import { containerdImages } from '../../runtimes/containerd/images.ts';
import { containerdRegistries } from '../../runtimes/containerd/registries.ts';
import { dockerImages } from '../../runtimes/docker/images.ts';
import { runningDaemons } from '../../runtimes/running.ts';
import type { Problem } from '../problem.ts';
import faultScript from './break.sh?raw';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { meta } from './meta.ts';
import { asksNodes, plan, verifies } from './plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const calicoImages: Problem = {
  meta,
  rules,
  facts: [containerdImages, containerdRegistries, dockerImages, runningDaemons],
  reads: ['pods', 'events', 'workloads'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  verifies,
  asksNodes,
  plan,
  checks: {},
  faultScript,
  clusterFaults,
};
