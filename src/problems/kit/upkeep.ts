import type { Upkeep } from '../../evidence/workloads/upkeep.ts';
import type { Workload } from '../../evidence/workloads/workload.ts';
import { managedBy, type ManagingTool } from './managed-by.ts';

/**
 * By which names people write, with kubectl of any release (`kubectl-edit`, `kubectl-client-side-apply`, …), and nodemend;
 * and who counts pods, which a server before 1.22 did not tell as of the status (`subresource`). Anybody may take such a
 * name: it is only believed where nothing else says otherwise.
 */
const puttingNothingBack = /^(?:kubectl(?:-[a-z-]+)?|nodemend|kube-controller-manager)$/;

/**
 * Whoever puts a workload back as it was, in the words of whoever left them: its owner, the mark of a tool, a manager of
 * its fields. Undefined only where all that is known says that people write it by hand; in doubt somebody does.
 */
export function keptBy(workload: Workload): string | undefined {
  const { owner } = workload;
  if (owner !== undefined) return `${owner.kind}/${owner.name}`;
  const manager = networkManager(workload);
  if (manager === undefined) return undefined;
  // Only a tool that is known has a name of its own.
  return manager.tool === 'other' ? manager.name : `${manager.tool} ${manager.name}`.trim();
}

/** The same of what has no owner, for a workload of the cluster's network: all others tell nobody's `upkeep`. Pure. */
export function networkManager({ marks, upkeep }: Workload): ManagingTool | undefined {
  const manager = managedBy(marks);
  if (manager !== undefined) return manager;
  const name = upkeep === undefined ? 'metadata.managedFields: unknown' : byUpkeep(upkeep);
  return name === undefined ? undefined : { tool: 'other', name };
}

function byUpkeep({ writers, marks }: Upkeep): string | undefined {
  const [mark] = marks;
  if (mark !== undefined) return mark;
  const writer = writers.find(({ manager, operation }) => operation !== 'Update' || !puttingNothingBack.test(manager));
  if (writer !== undefined) return `${writer.manager} (${writer.operation})`;
  // The server keeps them of every object: somebody took them away.
  return writers.length === 0 ? 'metadata.managedFields: none' : undefined;
}
