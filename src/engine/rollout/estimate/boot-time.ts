import type { JournalEntry } from '../../journal/entry.ts';
import type { JournalStore } from '../../journal/journal-store.ts';

/** How long a node is away, from the request to reboot until it answers again with another boot id. */
export interface BootTime {
  readonly seconds: number;
  /** Reboots of earlier runs that this machine's journals hold; 0 where it is an assumption. */
  readonly measured: number;
}

/** Of a server with its firmware; a virtual machine takes a minute. */
const assumedSeconds = 180;

/** As many of the newest runs are looked at. */
const latestRuns = 20;

/**
 * The median of what reboots took before, of those that came back; an assumption where there are none.
 *
 * @throws NodemendError JOURNAL_UNREADABLE
 */
export async function bootTime(journal: JournalStore): Promise<BootTime> {
  const runs = (await journal.runs()).toSorted().slice(-latestRuns);
  const texts = await Promise.all(runs.map((run) => journal.read(run)));
  return medianOf(texts.flatMap((text) => rebootSeconds(text?.entries ?? [])));
}

/** Pure. */
export function medianOf(seconds: readonly number[]): BootTime {
  const sorted = seconds.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined
    ? { seconds: assumedSeconds, measured: 0 }
    : { seconds: Math.round(middle), measured: sorted.length };
}

/** What each reboot of a journal took that was seen to end. Pure. */
export function rebootSeconds(entries: readonly JournalEntry[]): readonly number[] {
  const ofReboots = entries
    .filter((entry) => entry.entry === 'before' || entry.entry === 'after')
    .filter(({ action = '' }) => action.startsWith('reboot:'));
  return [...Map.groupBy(ofReboots, ({ session, action }) => `${session} ${action}`).values()].flatMap((those) => {
    const asked = those.find(({ entry, step }) => entry === 'before' && step === 'reboot');
    const back = those.find((one) => one.entry === 'after' && one.step === 'return' && one.outcome === 'done');
    const seconds = asked && back ? (Date.parse(back.at) - Date.parse(asked.at)) / 1000 : 0;
    // The clock may have been set meanwhile.
    return seconds > 0 ? [seconds] : [];
  });
}
