/** When a line of cron's starts its command. */
export interface CronTime {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Sunday is 0. */
  readonly weekdays: ReadonlySet<number>;
  /** Both days have to fit where one of them begins with `*`, else either (crontab(5)). */
  readonly needsBothDays: boolean;
}

const everyDay = '* * *';
const words: Readonly<Record<string, string>> = {
  '@hourly': `0 * ${everyDay}`,
  '@daily': `0 0 ${everyDay}`,
  '@midnight': `0 0 ${everyDay}`,
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

interface FieldKind {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const minute: FieldKind = { low: 0, high: 59 };
const hour: FieldKind = { low: 0, high: 23 };
const day: FieldKind = { low: 1, high: 31 };
const month: FieldKind = { low: 1, high: 12, names: monthNames };
const weekday: FieldKind = { low: 0, high: 7, names: dayNames };

/**
 * Reads five fields, or a word with an `@`, as Debian's cron 3.0pl1 and cronie 1.7 do (`load_entry`): what is left over
 * behind a number, or a name that is written out, is not a time to them. Undefined for what they refuse.
 */
export function readCronTime(schedule: string): CronTime | 'at-boot' | undefined {
  if (schedule === '@reboot') return 'at-boot';
  const fields = (schedule.startsWith('@') ? (words[schedule] ?? '') : schedule).split(' ');
  if (fields.length !== 5) return undefined;
  const [minutes, hours, days, months, weekdays] = [minute, hour, day, month, weekday].map((kind, index) =>
    readField(fields[index] ?? '', kind),
  );
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const needsBothDays = [fields[2], fields[4]].some((field) => field?.startsWith('*'));
  return { minutes, hours, days, months, weekdays: new Set([...weekdays].map((one) => one % 7)), needsBothDays };
}

function readField(text: string, kind: FieldKind): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const term of text.split(',')) {
    const range = readRange(term, kind);
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) found.add(value);
  }
  return found;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const starPattern = /^\*(?:\/(\d+))?$/;
const rangePattern = /^([0-9A-Za-z]+)-([0-9A-Za-z]+)(?:\/(\d+))?$/;
const chancePattern = /^([0-9A-Za-z]*)~([0-9A-Za-z]*)$/;

/** `*`, a number, or two with a hyphen; a step behind all but a single one; `a~b` is one of them by chance. */
function readRange(term: string, kind: FieldKind): Range | undefined {
  const star = starPattern.exec(term);
  if (star !== null) return within({ from: kind.low, to: kind.high, step: stepOf(star[1]) }, kind);
  const chance = chancePattern.exec(term);
  if (chance !== null) return readChance(chance[1] ?? '', chance[2] ?? '', kind);
  return readNumbers(term, kind);
}

function readNumbers(term: string, kind: FieldKind): Range | undefined {
  const [, first = term, last = term, step] = rangePattern.exec(term) ?? [];
  const [from, to] = [readNumber(first, kind), readNumber(last, kind)];
  if (from === undefined || to === undefined) return undefined;
  // From Saturday to Sunday.
  return within({ from, to: from > to && to === 0 ? 7 : to, step: stepOf(step) }, kind);
}

/** Only cron knows which of them it is; for the length of a wait the last will do as well as any. */
function readChance(first: string, last: string, kind: FieldKind): Range | undefined {
  const from = first === '' ? kind.low : readNumber(first, kind);
  const to = last === '' ? kind.high : readNumber(last, kind);
  return from === undefined || to === undefined || from > to ? undefined : within({ from: to, to, step: 1 }, kind);
}

function stepOf(text = '1'): number {
  return Number(text);
}

/** A range that runs backwards is taken, and holds nothing. */
function within(range: Range, { low, high }: FieldKind): Range | undefined {
  const { from, to, step } = range;
  return step === 0 || from < low || from > high || to > high ? undefined : range;
}

function readNumber(text: string, { low, names = [] }: FieldKind): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + low;
}
