import { actionKind, type ActionSpec } from '../../actions/action-kinds.ts';
import type { NodeMemory, RecordOnNode } from '../../actions/node-state/node-records.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeWork } from './node-work.ts';
import { foreignRecords } from './own-records.ts';

/**
 * What a run that this machine knows nothing of had begun on a node. A node's record is only ever carried out on that
 * very node: what one node says must never be written to another.
 * @throws NodemendError NODE_RECORD_FOREIGN for records that came with another machine's image, NODE_RECORD_INVALID.
 */
export function workFromRecords(node: string, memory: NodeMemory): NodeWork {
  const { machineId, records } = memory;
  const foreign = foreignRecords(node, memory);
  if (foreign !== undefined) throw foreign;
  const undone = records.some(({ phase }) => phase === 'undone' || phase === 'undoing');
  return {
    node,
    machineId,
    actions: records.map((one) => ({
      action: actionOf(node, one),
      order: one.record.order,
      ofNode: one.record.actions,
    })),
    how: undone ? 'restore' : 'resume',
    touched: true,
    ...incomplete(node, memory),
  };
}

/** Records without the number, as 0.1 wrote them, do not say that nothing is missing. */
function incomplete(node: string, { records }: NodeMemory): Pick<NodeWork, 'incomplete'> {
  const [first] = records;
  const planned = first?.record.actions;
  if (!first || (planned !== undefined && records.length >= planned)) return {};
  const params = { node, run: first.record.run, begun: records.length, actions: planned ?? '?' };
  return { incomplete: { code: 'NODE_PLAN_MISSING', params } };
}

function actionOf(node: string, { record, after }: RecordOnNode): ActionSpec {
  const whole = actionKind(record.action.kind).stored.whole(record.action, after);
  if (whole === undefined) throw new NodemendError('NODE_RECORD_INVALID', { node, run: record.run });
  return whole;
}
