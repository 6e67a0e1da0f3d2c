import { containerdImages } from '../../runtimes/containerd/images.ts';
import { daemonAccepts } from '../../runtimes/docker/daemon-accepts.ts';
import { dockerImages } from '../../runtimes/docker/images.ts';
import { runningDaemons } from '../../runtimes/running.ts';
import type { Problem } from '../problem.ts';
import { clusterFaults } from './cluster-faults.ts';
import faultScript from './break.sh?raw';
import { diagnose } from './diagnose.ts';
import { meta } from './meta.ts';
import { inputs, type ImagePullInputs } from './inputs.ts';
import { bootstrap } from './mirrors/bootstrap.ts';
import { containerdFollows } from './mirrors/checks/containerd-follows.ts';
import { dockerHasMirrors } from './mirrors/checks/docker-has-mirrors.ts';
import { mirrorAnswers } from './mirrors/checks/mirror-answers.ts';
import { registryFacts } from './mirrors/registry-facts.ts';
import { plan } from './plan.ts';
import { verifies } from './retired/retired-plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

/**
 * The guide's second trouble, and what else hides behind the same word: a pod waits for an image that does not come.
 */
export const imagePull: Problem<ImagePullInputs> = {
  meta,
  rules,
  facts: [...registryFacts, containerdImages, dockerImages, runningDaemons],
  reads: ['pods', 'events', 'pull-secrets', 'workloads'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  inputs,
  verifies,
  plan,
  checks: {
    'containerd-follows': containerdFollows,
    'daemon-accepts-mirrors': daemonAccepts,
    'docker-has-mirrors': dockerHasMirrors,
    'mirror-answers': mirrorAnswers,
  },
  faultScript,
  bootstrap,
  clusterFaults,
};
