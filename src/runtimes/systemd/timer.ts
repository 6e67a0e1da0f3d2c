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
 * it has none.
 */
export function timerPeriod(calendar = ''): number {
  const when = /OnCalendar=([^;]*)/.exec(calendar)?.[1]?.trim() ?? '';
  if (/^[A-Z][a-z]{2}/.test(when)) return 7;
  if (/^\*-\d/.test(when)) return 366;
  return /^\*-\*-\d/.test(when) ? 31 : 1;
}
