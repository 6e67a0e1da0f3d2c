/** Properties of a unit, as `systemctl show` prints them. */
export type Unit = ReadonlyMap<string, string>;

/** The unit that a timer starts: the one it names, else the service of its own name. */
export function serviceOf(timer: Unit): string {
  return timer.get('Unit') ?? (timer.get('Id') ?? '').replace(/\.timer$/, '.service');
}

export function isActive(unit: Unit | undefined): boolean {
  return unit?.get('ActiveState') === 'active';
}

/**
 * Days between two runs of a timer, of its `OnCalendar` as systemd prints it, for example `*-*-* 00:00:00`; a day when
 * it has none. Of several times of one day the longest wait between two counts.
 */
export function timerPeriod(calendar = ''): number {
  const when = calendarOf(calendar);
  if (/^[A-Z][a-z]{2}/.test(when)) return 7;
  if (/^\*-\d/.test(when)) return 366;
  if (/^\*-\*-\d/.test(when)) return 31;
  return waitInDay(when);
}

function calendarOf(text: string): string {
  return /OnCalendar=([^;]*)/.exec(text)?.[1]?.trim() ?? '';
}

/** Minutes of a day at which a timer elapses, in order; empty where its `OnCalendar` does not tell. */
export function timerStarts(calendar = ''): readonly number[] {
  return startsInDay(calendarOf(calendar));
}

function startsInDay(when: string): readonly number[] {
  const [, hours = '', minutes = ''] = / (\S+?):(\S+?):\S+/.exec(when) ?? [];
  const starts = valuesOf(hours, 24).flatMap((hour) => valuesOf(minutes, 60).map((minute) => hour * 60 + minute));
  return starts.toSorted((a, b) => a - b);
}

/** Days between two times of each day. */
function waitInDay(when: string): number {
  const sorted = startsInDay(when);
  const next = [...sorted.slice(1), (sorted[0] ?? 0) + dayMinutes];
  return sorted.length === 0
    ? 1
    : Math.max(...sorted.map((start, index) => (next[index] ?? start) - start)) / dayMinutes;
}

const dayMinutes = 1_440;

/** Values of one part of a time (systemd.time(7)): `*`, `6,18`, `0/6`, `9..17`; none for what is not such a part. */
function valuesOf(part: string, count: number): readonly number[] {
  return part.split(',').flatMap((one) => {
    const match = /^(?:\*|(\d+)(?:\.\.(\d+))?)(?:\/(\d+))?$/.exec(one);
    if (match === null) return [];
    const [, from, to, step] = match;
    const last = to ?? (from === undefined || step !== undefined ? count - 1 : from);
    const values = Array.from({ length: count }, (_, value) => value);
    return values.filter(
      (value) =>
        value >= Number(from ?? 0) && value <= Number(last) && (value - Number(from ?? 0)) % (Number(step) || 1) === 0,
    );
  });
}
