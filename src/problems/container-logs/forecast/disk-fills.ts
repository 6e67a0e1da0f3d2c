import type { FactValue } from '../../problem.ts';
import type { Verdict } from '../diagnose/finding.ts';
import type { NodeFacts } from '../facts.ts';
import { isSameDisk } from '../facts/disk.ts';
import type { PlaceUse } from '../facts/disk-use.ts';
import { linesOf } from './eviction.ts';
import { forecastFacts } from './forecast-facts.ts';
import type { ForecastDisk } from './node-forecast.ts';

const daySeconds = 86_400;
/** Ahead of this nobody can plan any more: it is as if it were there. */
const failWithin = daySeconds;
/** What fills within it is worth a warning: a week has one working day at least. */
const warnWithin = 7 * daySeconds;
/** A smaller part of what is used is not what fills a disk. */
const mainPart = 1 / 2;

/**
 * A disk that fills, or is full, although the logs are kept small; nothing while it does not. `isExplained` where another finding says
 * already that the logs on it have no bound.
 */
export function diskFills(disk: ForecastDisk, facts: NodeFacts, isExplained: boolean): Verdict | undefined {
  const found = judge(disk, facts, isExplained);
  const { room, logBytes } = disk;
  return found && { ...found, facts: { diskBytes: room.size, diskFreeBytes: room.free, logBytes, ...forecastFacts(disk), ...found.facts } };
}

function judge(disk: ForecastDisk, facts: NodeFacts, isExplained: boolean): Verdict | undefined {
  const { forecast, room, roles, settings } = disk;
  const used = room.size - room.free;
  const logsAreMost = disk.logBytes >= used * mainPart;
  const [firstLine] = linesOf(room.size, roles, settings);
  const isOver = firstLine !== undefined && room.available <= firstLine.available;
  if (forecast.state === 'reached' || isOver) {
    const status = forecast.state === 'reached' ? 'fail' : 'warn';
    if (!logsAreMost) return fullOfOthers(status, disk, facts);
    return status === 'fail' && !isExplained ? verdict('fail', 'logs-full', {}) : undefined;
  }
  if (forecast.state !== 'fills') return undefined;
  const crossing = forecast.crossings.find(({ line }) => line.what !== 'image-gc');
  if (crossing === undefined || crossing.inSeconds > warnWithin) return undefined;
  const { inSeconds: harm, line: harmful } = crossing;
  const status = harm <= failWithin ? 'fail' : 'warn';
  const logsRate = disk.logs.state === 'seen' ? disk.logs.rate : 0;
  const usedThen = used + (room.available - harmful.available);
  if (disk.logBytes + logsRate * harm < usedThen * mainPart && (disk.othersRate ?? 0) <= logsRate) {
    return placesOn(disk, facts).length > 0 ? fullOfOthers(status, disk, facts) : verdict(status, 'others-leave-little', {});
  }
  if ((disk.othersRate ?? 0) > logsRate) return verdict(status, 'others-grow', {}, placeFacts(disk, facts));
  return isExplained ? undefined : verdict(status, 'logs-grow', {});
}

/** What it is: the largest of the places that were counted, when it is larger than what nobody knows. */
function fullOfOthers(status: 'fail' | 'warn', disk: ForecastDisk, facts: NodeFacts): Verdict {
  const places = placesOn(disk, facts);
  const known = places.reduce((sum, { bytes }) => sum + bytes, 0);
  const rest = disk.room.size - disk.room.free - disk.logBytes - known;
  const [largest] = places;
  const shown = largest === undefined || (largest.bytes < rest && !places.some(({ isCut }) => isCut)) ? undefined : largest;
  if (shown === undefined) return verdict(status, 'others', {}, placeFacts(disk, facts));
  // A link of a process is another one each time.
  const params: Verdict['params'] = shown.kind === 'deleted' ? {} : { path: shown.path };
  return verdict(status, shown.kind, params, placeFacts(disk, facts));
}

function placesOn({ room }: ForecastDisk, { diskUse, disk }: NodeFacts): readonly PlaceUse[] {
  if (diskUse.state !== 'seen' || disk.state !== 'seen') return [];
  const ids = new Set(disk.value.filter((other) => isSameDisk(room, other)).map(({ id }) => id));
  return diskUse.value.filter((place) => ids.has(place.disk) && place.bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
}

function placeFacts(disk: ForecastDisk, facts: NodeFacts): Readonly<Record<string, FactValue>> {
  const places = placesOn(disk, facts);
  return places.length === 0 ? {} : { places: places.map(({ path, bytes, isCut }) => ({ name: path, bytes, ...(isCut ? { isCut } : {}) })) };
}

function verdict(status: 'fail' | 'warn', text: string, params: NonNullable<Verdict['params']>, facts: Verdict['facts'] = {}): Verdict {
  const severity = status === 'fail' ? 'critical' : 'medium';
  return { status, rule: 'disk-fills', text: `disk-fills.${text}`, params, severity, facts, sections: ['log-files', 'disk', 'growth', 'disk-use'], remedy: false };
}
