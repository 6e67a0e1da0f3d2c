import { diskRoom } from '../../disk/room.ts';
import { holdingProgram } from '../../images/pins/holding-program.ts';
import { containerdImages } from '../../runtimes/containerd/images.ts';
import { containerdRegistries } from '../../runtimes/containerd/registries.ts';
import { containerdUnpacked } from '../../runtimes/containerd/unpacked.ts';
import { dockerImages } from '../../runtimes/docker/images.ts';
import { kubeletConfiguration } from '../../runtimes/kubelet/kubelet.ts';
import { runningDaemons } from '../../runtimes/running.ts';
import { systemdUnits } from '../../runtimes/systemd/units.ts';
import type { Problem } from '../problem.ts';
import faultScript from './break.sh?raw';
import { diagnose } from './diagnose.ts';
import { meta } from './meta.ts';
import { inputs, type BaseImagesInputs } from './inputs.ts';
import { kubeletHasThresholds } from './pins/threshold-plan.ts';
import { bootstrap } from './new-nodes/bootstrap.ts';
import { plan } from './plan.ts';
import { savedQuestions } from './restore/restore-choice.ts';
import { sourceQuestions } from './restore/source-questions.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const baseImages: Problem<BaseImagesInputs> = {
  meta,
  rules,
  facts: [
    containerdImages,
    containerdRegistries,
    diskRoom,
    dockerImages,
    kubeletConfiguration,
    runningDaemons,
    systemdUnits,
  ],
  planFacts: [containerdUnpacked, holdingProgram],
  reads: ['pods', 'image-holds'],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  inputs,
  asksNodes: sourceQuestions,
  asksSaved: savedQuestions,
  plan,
  checks: { 'kubelet-has-thresholds': kubeletHasThresholds },
  faultScript,
  bootstrap,
};
