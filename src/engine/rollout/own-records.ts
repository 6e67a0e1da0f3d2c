import type { NodeMemory } from '../../actions/node-state/node-records.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

/**
 * A machine made from the image of another one carries that one's records: they say nothing of this one's files. None of
 * them is followed, and no lock is held for them, which no run could ever end.
 */
export function foreignRecords(node: string, { machineId, records }: NodeMemory): NodemendError | undefined {
  const foreign = records.find(({ record }) => record.machineId !== machineId);
  if (foreign === undefined) return undefined;
  const { run, machineId: recorded } = foreign.record;
  return new NodemendError('NODE_RECORD_FOREIGN', { node, run, recorded, found: machineId });
}
