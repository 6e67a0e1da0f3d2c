import { neededByNode } from '../../images/needed-images.ts';
import { nodeView } from '../../images/node-view.ts';
import { joinedPlans } from '../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import type { BaseImagesInputs } from './inputs.ts';
import { planPinRemedies, planPinRequest } from './pins/pin-remedies.ts';
import { planThresholds } from './pins/threshold-plan.ts';
import { planRestores } from './restore/restore-plan.ts';

/**
 * Nothing is changed unless its remedy was named: images take room, and a way to come; pins keep what they take. Pins that
 * were asked for by name are planned alone.
 */
export function plan(input: PlanInput<BaseImagesInputs>): ProblemPlan {
  const { evidence, inputs = {} } = input;
  const needed = neededByNode(evidence);
  const views = evidence.nodes.map((node) => nodeView(node, evidence, needed));
  return inputs.pins === undefined
    ? joinedPlans([planRestores(input), planPinRemedies(input, views), planThresholds(input, views)])
    : planPinRequest(input, views, inputs.pins);
}
