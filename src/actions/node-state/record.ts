import type { RecordHeader } from '../action.ts';
import type { StoredAction } from '../action-kinds.ts';

export const recordSchema = 'nodemend.dev/record/v1';

/**
 * The node-side memory of one action: what an undo or a resume from any machine needs. File contents are beside it
 * (`before`, `after`), never inside it.
 */
export interface NodeRecord extends RecordHeader {
  readonly schema: typeof recordSchema;
  readonly run: string;
  readonly action: StoredAction;
}

/** The record's bytes, laid out for `less`. Takes an action from which the contents are gone. */
export function writeRecord(run: string, header: RecordHeader, action: StoredAction): Uint8Array {
  const record: NodeRecord = { schema: recordSchema, run, ...header, action };
  return Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
}
