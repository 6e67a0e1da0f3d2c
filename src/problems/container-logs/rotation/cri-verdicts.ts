import type { NodeRuntime } from '../runtime/node-runtime.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import { aimOf, type Aim, type LogPlaces } from './docker-aim.ts';
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
  const aims = block.patterns.map((pattern) => aimOf(pattern, places));
  if (aims.includes('pods')) {
    return [{ status: 'fail', rule: 'rule-fights-kubelet', params: { file: block.file } }];
  }
  const idle = aims.find((aim) => isIdle(aim, runtime));
  if (idle === undefined) return [];
  return [{ status: 'warn', rule: 'rule-without-effect', why: idle, params: { file: block.file } }];
}

/** A rule on docker's logs has its use where dockerd runs beside kubelet's own runtime. */
export function isIdle(aim: Aim, runtime: NodeRuntime): boolean {
  return aim === 'links' || (aim === 'docker' && !runtime.docker);
}
