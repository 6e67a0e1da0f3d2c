import { findingMaker } from '../kit/findings.ts';
import type { RulesFor } from '../kit/rules.ts';
import { rules } from './rules.ts';

export const problemId = 'image-pull';

export type RuleFor<Status extends 'fail' | 'warn' | 'unknown'> = RulesFor<typeof rules, Status>;

export const { trouble, pass, unknown, notLookedAt } = findingMaker(problemId, rules);
