import type { Synchronise } from '../../kit/synchronise.ts';
import { driftOf } from './drift.ts';
import { planSync } from './plan-sync.ts';
import { defaultPath, refusePath } from './source-path.ts';
import { readSource } from './source.ts';

/** The guide's wish behind its nightly script: one file for log rotation, the same on all nodes that need it. */
export const synchronise: Synchronise = { defaultPath, refusePath, readSource, drift: driftOf, plan: planSync };
