import { askLab } from './control-client.ts';
import type { NodeRun } from './daemon/control.ts';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { labStatus, type LabNodeStatus, type LabStatus } from './lab-status.ts';
import type { LabChoice } from './lab-folder.ts';

export interface LabRunOptions extends LabChoice {
  /** Default: all. */
  readonly nodes?: readonly string[];
  /** POSIX sh text, run as root of each node, past sshd. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Runs a script on nodes of a lab, at the same time.
 * @throws NodemendError LAB_NOT_UP, LAB_NODE_UNKNOWN
 */
export async function runOnNodes(options: LabRunOptions): Promise<readonly NodeRun[]> {
  const status = await labStatus(options);
  const nodes = chosenNodes(status, options.nodes);
  const { script, args = [], timeoutMs = 60_000 } = options;
  const { results } = await askLab(status.folder, status.name, { kind: 'run', nodes, script, args, timeoutMs });
  return results;
}

/** @throws NodemendError LAB_NODE_UNKNOWN naming those that are not there or not running */
export function chosenNodes({ nodes }: LabStatus, wanted: readonly string[] | undefined): readonly string[] {
  return namedNodes(
    wanted,
    nodes.filter(({ running }) => running),
  );
}

/** All of them unless some are wanted. @throws NodemendError LAB_NODE_UNKNOWN naming those that are not among them */
export function namedNodes(wanted: readonly string[] | undefined, nodes: readonly LabNodeStatus[]): readonly string[] {
  const names = nodes.map(({ name }) => name);
  const unknown = (wanted ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new NodemendError('LAB_NODE_UNKNOWN', { nodes: unknown.join(', ') });
  return wanted ?? names;
}
