import type { Upkeep } from '../../evidence/calico/calico-facts.ts';
import type { Workload } from '../../evidence/workloads/workload.ts';
import { managedBy } from './managed-by.ts';

/**
 * By which names people write, with kubectl of any release (`kubectl-edit`, `kubectl-client-side-apply`, …), and nodemend.
 * Anybody may take such a name: it is only believed where nothing else says otherwise.
 */
const byHand = /^(?:kubectl(?:-[a-z-]+)?|nodemend)$/;

/**
 * Whoever puts a workload back as it was, in the words of whoever left them: its owner, the mark of a tool, a manager of
 * its fields. Undefined only where all that is known says that people write it by hand; in doubt somebody does.
 */
export function keptBy(workload: Workload): string | undefined {
  const { owner, marks, upkeep } = workload;
  if (owner !== undefined) return `${owner.kind}/${owner.name}`;
  const manager = managedBy(marks);
  if (manager !== undefined) return `${manager.tool} ${manager.name}`.trim();
  return upkeep === undefined ? 'metadata.managedFields: unknown' : byUpkeep(upkeep);
}

function byUpkeep({ writers, marks }: Upkeep): string | undefined {
  const [mark] = marks;
  if (mark !== undefined) return mark;
  const writer = writers.find(({ manager, operation }) => operation !== 'Update' || !byHand.test(manager));
  if (writer !== undefined) return `${writer.manager} (${writer.operation})`;
  // The server keeps them of every object: somebody took them away.
  return writers.length === 0 ? 'metadata.managedFields: none' : undefined;
}
