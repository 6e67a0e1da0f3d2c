import { systemdServices } from '../../runtimes/systemd/services.ts';
import type { Problem } from '../problem.ts';
import faultScript from './break.sh?raw';
import { cachedCheck } from './cached-check.ts';
import { diagnose } from './diagnose.ts';
import { exporter } from './exporter.ts';
import { meta } from './meta.ts';
import { plan } from './plan.ts';
import { rules } from './rules.ts';
import textsEn from './text.en.json' with { type: 'json' };
import textsKo from './text.ko.json' with { type: 'json' };

export const gpuMetrics: Problem = {
  meta,
  rules,
  facts: [systemdServices, exporter],
  texts: { en: textsEn, ko: textsKo },
  diagnose,
  plan,
  checks: { [cachedCheck.name]: cachedCheck.check },
  faultScript,
};
