import type { FactValue } from '../../problem.ts';
import type { Verdict } from '../finding.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import { isSameDisk } from '../../../disk/room.ts';
import type { PlaceUse } from '../../../disk/use.ts';
import type { Crossing } from './disk-forecast.ts';
import { linesOf } from '../../../runtimes/kubelet/eviction.ts';
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
 * A disk that fills, or is full, although the logs are kept small; nothing while it does not. `isExplained` where
 * another finding says already that the logs on it have no bound.
 */
export function diskFills(disk: ForecastDisk, facts: NodeFacts, isExplained: boolean): Verdict | undefined {
  const found = judge(disk, facts, isExplained);
  const { room, logBytes, imagesAt } = disk;
  return (
    found && {
      ...found,
      facts: {
        diskBytes: room.size,
        diskFreeBytes: room.free,
        logBytes,
        ...(imagesAt === undefined ? {} : { imagesAt }),
        ...forecastFacts(disk),
        ...found.facts,
      },
    }
  );
}

function judge(disk: ForecastDisk, facts: NodeFacts, isExplained: boolean): Verdict | undefined {
  const { forecast, room, roles, settings } = disk;
  if (forecast.state === 'reached') return full('fail', disk, facts, isExplained);
  const [firstLine] = linesOf(room.size, roles, settings);
  if (firstLine !== undefined && room.available <= firstLine.available) return full('warn', disk, facts, isExplained);
  const crossing =
    forecast.state === 'fills' ? forecast.crossings.find(({ line }) => line.what !== 'image-gc') : undefined;
  if (crossing === undefined || crossing.inSeconds > warnWithin) return undefined;
  return filling(disk, facts, crossing, isExplained);
}

function full(
  status: 'fail' | 'warn',
  disk: ForecastDisk,
  facts: NodeFacts,
  isExplained: boolean,
): Verdict | undefined {
  if (disk.logBytes < usedBytes(disk) * mainPart) return fullOfOthers(status, disk, facts);
  // Logs that are kept small may well reach the line at which images go: images come again.
  return status === 'fail' && !isExplained ? verdict('fail', 'logs-full', {}) : undefined;
}

function filling(
  disk: ForecastDisk,
  facts: NodeFacts,
  { inSeconds, line }: Crossing,
  isExplained: boolean,
): Verdict | undefined {
  const status = inSeconds <= failWithin ? 'fail' : 'warn';
  const logsRate = disk.logs.state === 'seen' ? disk.logs.rate : 0;
  if ((disk.othersRate ?? 0) > logsRate) return verdict(status, 'others-grow', {}, placeFacts(disk, facts));
  const usedThen = usedBytes(disk) + disk.room.available - line.available;
  if (disk.logBytes + logsRate * inSeconds < usedThen * mainPart) {
    return placesOn(disk, facts).length > 0
      ? fullOfOthers(status, disk, facts)
      : verdict(status, 'others-leave-little', {});
  }
  return isExplained ? undefined : verdict(status, 'logs-grow', {});
}

function usedBytes({ room }: ForecastDisk): number {
  return room.size - room.free;
}

/** What it is: the largest of the places that were counted, when it is larger than what nobody knows. */
function fullOfOthers(status: 'fail' | 'warn', disk: ForecastDisk, facts: NodeFacts): Verdict {
  const places = placesOn(disk, facts);
  const known = places.reduce((sum, { bytes }) => sum + bytes, 0);
  const rest = usedBytes(disk) - disk.logBytes - known;
  const [largest] = places;
  const shown =
    largest === undefined || (largest.bytes < rest && !places.some(({ isCut }) => isCut)) ? undefined : largest;
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
  return places.length === 0
    ? {}
    : { places: places.map(({ path, bytes, isCut }) => ({ name: path, bytes, ...(isCut ? { isCut } : {}) })) };
}

function verdict(
  status: 'fail' | 'warn',
  why: string,
  params: NonNullable<Verdict['params']>,
  facts: Verdict['facts'] = {},
): Verdict {
  const sections = [factOf.logFiles, factOf.disk, factOf.growth, factOf.diskUse];
  return { status, rule: 'disk-fills', why, params, facts, sections };
}
