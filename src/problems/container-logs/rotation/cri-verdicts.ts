import type { NodeRuntime } from '../runtime/node-runtime.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import { targetOf, type RuleTarget, type LogPlaces } from './rule-target.ts';
import type { Verdict } from '../finding.ts';
import type { Rotation } from './rotation.ts';

/**
 * Where kubelet rotates the logs itself, what logrotate rules do to them: one on kubelet's own files renames or empties
 * them under it, one on links or on a docker that is not there does nothing but look like a cure.
 */
export function criVerdicts({ configuration }: Rotation, places: LogPlaces, runtime: NodeRuntime): readonly Verdict[] {
  const found = configuration.blocks.flatMap((block) => harmOf(block, places, runtime));
  // One finding a rule: its fingerprint is that of the node and the rule.
  const byRule = [...Map.groupBy(found, ({ rule }) => rule).values()].flatMap(([first]) => first ?? []);
  return byRule.length > 0 ? byRule : [{ status: 'pass', rule: 'kubelet-rotates' }];
}

function harmOf(block: Block, places: LogPlaces, runtime: NodeRuntime): readonly Verdict[] {
  const targets = block.patterns.map((pattern) => targetOf(pattern, places));
  if (targets.includes('pods')) {
    return [{ status: 'fail', rule: 'rule-fights-kubelet', params: { file: block.file } }];
  }
  const idle = targets.find((target) => isIdle(target, runtime));
  if (idle === undefined) return [];
  return [{ status: 'warn', rule: 'rule-without-effect', why: idle, params: { file: block.file } }];
}

/** A rule on docker's logs has its use where dockerd runs beside kubelet's own runtime. */
export function isIdle(target: RuleTarget, runtime: NodeRuntime): boolean {
  return target === 'links' || (target === 'docker' && !runtime.docker);
}
