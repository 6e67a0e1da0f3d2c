import type { Problem } from '../problem.ts';
import { clusterFaults } from './cluster-faults.ts';
import faultScript from './break.sh?raw';
import { diagnose } from './diagnose.ts';
import { problemId } from './finding.ts';
import { plan } from './plan.ts';
import { rewriteRemedy } from './retired/retired-plan.ts';
import pageKo from './README.ko.md?raw';
import page from './README.md?raw';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

/** The guide's second trouble, and what else hides behind the same word: a pod waits for an image that does not come. */
export const imagePull: Problem = {
  meta: {
    id: problemId,
    severity: 'high',
    category: 'images',
    platforms: ['any', 'nks'],
    needsRoot: false,
    remedyRisk: 'low',
    dependsOn: [],
    remedies: [rewriteRemedy],
    onRequestOnly: true,
    guideSection: '파드의 상태가 ImagePullBackOff로 나타납니다.',
    faults: [],
  },
  probe: { script: '', sections: [] },
  reads: ['pods', 'events', 'pull-secrets', 'workloads'],
  texts: { en: textsEn, ko: textsKo },
  page: { en: page, ko: pageKo },
  diagnose,
  plan,
  checks: {},
  faultScript,
  clusterFaults,
};
