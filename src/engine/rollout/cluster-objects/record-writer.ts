import { objectWords } from '../../../actions/object-words.ts';
import { isNodemendError } from '../../../errors/nodemend-error.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { newSession } from '../../run-id.ts';
import type { ClusterRecord, ObjectPhase } from './cluster-record.ts';
import { createRecord, readRecord, replaceRecord, type RecordPlace, type StoredRecord } from './record-store.ts';

/**
 * The record of a run in the hands of the one process that works on it. Each phase is in the cluster before the step
 * that it announces, and every write is a compare-and-swap: a process from which the run was taken over finds out
 * before its next change.
 */
export class RecordWriter {
  private readonly place: RecordPlace;
  private stored: StoredRecord;

  private constructor(place: RecordPlace, stored: StoredRecord) {
    this.place = place;
    this.stored = stored;
  }

  /** @throws NodemendError CLUSTER_RECORD_TOO_LARGE, API_… */
  static async create(place: RecordPlace, record: Omit<ClusterRecord, 'session'>): Promise<RecordWriter> {
    return new RecordWriter(place, await createRecord(place, { ...record, session: newSession() }));
  }

  /** Takes over what another process began. @throws NodemendError CLUSTER_RECORD_TAKEN, API_… */
  static async take(place: RecordPlace, stored: StoredRecord): Promise<RecordWriter> {
    const writer = new RecordWriter(place, stored);
    await writer.write({ session: newSession() });
    return writer;
  }

  get record(): ClusterRecord {
    return this.stored.record;
  }

  /** What people call its objects, in the plan's order. */
  get objects(): readonly string[] {
    return this.record.actions.map(({ object }) => objectWords(object));
  }

  phase(index: number): ObjectPhase {
    return this.record.phases[index] ?? 'planned';
  }

  /** @throws NodemendError CLUSTER_RECORD_TAKEN, API_…: the step that it announces must not be taken. */
  async reach(index: number, phase: ObjectPhase): Promise<void> {
    if (this.phase(index) !== phase) await this.write({ phases: this.record.phases.with(index, phase) });
  }

  /** From here on the run only goes back. */
  async beginUndo(): Promise<void> {
    if (this.record.state !== 'taking-back') await this.write({ state: 'taking-back' });
  }

  private async write(change: Partial<ClusterRecord>): Promise<void> {
    const record = { ...this.record, ...change };
    try {
      this.stored = await replaceRecord(this.place, { ...this.stored, record });
    } catch (error) {
      const arrived = isNodemendError(error) && error.code.startsWith('API_') ? await this.arrived(record) : undefined;
      if (!arrived) throw error;
      this.stored = arrived;
    }
  }

  /** Of a write whose answer was lost nobody knows whether it was carried out, but the server. */
  private async arrived(record: ClusterRecord): Promise<StoredRecord | undefined> {
    const now = await readRecord(this.place, record.run).catch(() => undefined);
    return now && canonicalJson(now.record) === canonicalJson(record) ? now : undefined;
  }
}
