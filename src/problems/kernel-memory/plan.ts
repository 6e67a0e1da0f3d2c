import type { BootArgumentAction } from '../../actions/boot-argument/boot-argument-action.ts';
import type { BootState } from '../../grub/boot-state.ts';
import type { NodeEvidence } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import { platformOf } from '../../platforms/platform.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../kit/plan-parts.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import type { RebootAction } from '../../actions/reboot/reboot-action.ts';
import { isInForce } from '../../grub/in-force.ts';
import { argumentOnNode } from './boot-argument/boot-argument-action.ts';
import { gateOf, knowsNokmem } from './gate.ts';
import type { KernelMemoryInputs } from './inputs.ts';
import { nodeState, type NodeState } from './node-state.ts';
import { rebootFor } from './boot-argument/reboot-for-argument.ts';
import { nokmem } from './boot-argument/written.ts';

/** The remedy's own name: it edits what boots a node and reboots it, so it is asked for. */
const remedy = 'boot-argument';

/** The boot argument and a reboot for nodes with the trouble, or, to prevent it, for all on which it can happen. */
export function plan(input: PlanInput<KernelMemoryInputs>): ProblemPlan {
  const { evidence, findings, remedies } = input;
  const plans = evidence.nodes.map((node) => {
    const own = findings.find(({ subject }) => subject.kind === 'node' && subject.name === node.name);
    if (own === undefined) return nothingPlanned;
    if (!remedies?.has(remedy))
      return isTrouble(own) ? refused(own, 'not-asked', {}, own.status === 'warn') : nothingPlanned;
    return planNode(node, own, input);
  });
  return joinedPlans(plans);
}

/** One that the remedy cures. */
function isTrouble(finding: Finding): boolean {
  return (finding.status === 'fail' || finding.status === 'warn') && finding.remedy;
}

function refused({ fingerprint }: Finding, why: string, params: TextParams, isOptional = false): ProblemPlan {
  const plan = refusedPlan([fingerprint], why, params);
  return isOptional ? { ...plan, refused: plan.refused.map((one) => ({ ...one, optional: true as const })) } : plan;
}

function planNode(node: NodeEvidence, own: Finding, input: PlanInput<KernelMemoryInputs>): ProblemPlan {
  if (input.inputs?.[remedy]?.prevent !== true && !isTrouble(own)) return nothingPlanned;
  const state = nodeState(node);
  if (state.state !== 'seen' || node.access.state !== 'seen') return refused(own, 'unseen', {});
  const { kernel, boot } = state.value;
  return boot.state === 'seen'
    ? planObserved({ node, own, kernel, boot: boot.value, bootId: node.access.value.bootId }, input)
    : refused(own, 'unseen', {});
}

interface ObservedNode {
  readonly node: NodeEvidence;
  readonly own: Finding;
  readonly kernel: NodeState['kernel'];
  readonly boot: BootState;
  readonly bootId: string;
}

function planObserved(observed: ObservedNode, { evidence, inputs }: PlanInput<KernelMemoryInputs>): ProblemPlan {
  const { node, own, kernel, boot } = observed;
  const { override, argumentOnly } = inputs?.[remedy] ?? nothingAsked;
  const obstacle = outsideGate(kernel, override);
  if (obstacle) return refused(own, obstacle.why, obstacle.params, obstacle.isOptional);
  const why = whyWritten(gateOf(kernel).state === 'open' ? undefined : override, platformOf(evidence) === 'nks');
  const planned = argumentOnNode(boot, { node: node.name, cures: [own.fingerprint], why });
  if (planned.outcome === 'refused') return refused(own, planned.why, planned.params);
  const written = planned.outcome === 'action' ? [planned.action] : [];
  const actions = [...written, ...(argumentOnly ? [] : rebootBehind(observed))];
  if (actions.length === 0 && isTrouble(own)) return refused(own, 'written', {});
  return { actions, refused: [] };
}

/** What was not said. */
const nothingAsked = { override: undefined, argumentOnly: false };

/** The running kernel may have been given the argument before. */
function rebootBehind({ node, own, boot, bootId }: ObservedNode): readonly RebootAction[] {
  if (isInForce(boot.inForce, nokmem.text)) return [];
  return [rebootFor(bootId, { node: node.name, cures: [own.fingerprint] })];
}

function whyWritten(override: string | undefined, onNks: boolean): BootArgumentAction['why'] {
  if (override === undefined) return { key: onNks ? 'why.boot-argument-nks' : 'why.boot-argument', params: {} };
  return { key: onNks ? 'why.overridden-nks' : 'why.overridden', params: { reason: override } };
}

interface Obstacle {
  readonly why: string;
  readonly params: TextParams;
  /** Nobody has to do anything there. */
  readonly isOptional: boolean;
}

/** A kernel that ignores the argument gets it for no reason that anybody may give. */
function outsideGate(kernel: NodeState['kernel'], override: string | undefined): Obstacle | undefined {
  const params = { release: kernel.release };
  if (kernel.parsed !== undefined && !knowsNokmem(kernel.parsed))
    return { why: 'kernel-ignores', params, isOptional: false };
  const gate = gateOf(kernel);
  if (gate.state === 'open' || override !== undefined) return undefined;
  if (gate.state === 'unknown') return { why: 'gate-unknown', params, isOptional: false };
  // In force it closes the gate itself; what is asked for is that it stays so.
  return gate.because === 'nokmem' ? undefined : { why: `outside-gate.${gate.because}`, params, isOptional: true };
}
