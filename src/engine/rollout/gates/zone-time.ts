/** What a clock on a wall shows. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @param timeZone an IANA name. @throws RangeError when there is no such zone */
export function localTime(instant: number, timeZone: string): LocalTime {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

/**
 * The instant at which the wall clock shows this, milliseconds since the epoch. Of an hour that comes twice it is the
 * first; for one that is left out it is the moment at which the clock is put forward, or as far behind it.
 */
export function instantOf(time: LocalTime, timeZone: string): number {
  const wanted = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute);
  // Offsets of a day before and after are the two that may hold; the smaller instant is the earlier of two.
  const day = 24 * 3600_000;
  const offsets = [wanted - day, wanted + day].map((near) => offsetAt(near, timeZone));
  const candidates = offsets.map((offset) => wanted - offset).toSorted((a, b) => a - b);
  const exact = candidates.find((instant) => instant + offsetAt(instant, timeZone) === wanted);
  return exact ?? Math.max(...candidates);
}

/** How far the wall clock is ahead of UTC, milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const { year, month, day, hour, minute } = localTime(instant, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant / 60_000) * 60_000;
}
