import type { Language } from '../../locales/language.ts';

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A point in time as facts hold it: RFC 3339 in UTC, to the second. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && instantPattern.test(value);
}

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ko: 'ko-KR' };

/**
 * A day that people have to plan for, in their own time, with its zone: `Friday, 27 November 2026 03:00 UTC`, `2026년 11월
 * 27일(금) 12:00 +09:00`.
 */
export function formatInstant(instant: string, language: Language): string {
  const date = new Date(instant);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locales[language], options).format(date);
  const [year, month, day] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  if (language === 'ko') return `${year}년 ${month}월 ${day}일(${part({ weekday: 'short' })}) ${timeOf(date)}`;
  return `${part({ weekday: 'long' })}, ${day} ${part({ month: 'long' })} ${year} ${timeOf(date)}`;
}

/** To the minute, in the reader's own time, with its zone: `2026-11-27 12:00 +09:00`. What is not a time stays. */
export function shortInstant(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return `${dayOf(date)} ${timeOf(date)}`;
}

/** To the day, where no more is known: `2026-11-27 +09:00`. */
export function shortDay(instant: string): string {
  const date = new Date(instant);
  return `${dayOf(date)} ${zoneOf(date)}`;
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function timeOf(date: Date): string {
  return `${clock(date.getHours() * 60 + date.getMinutes())} ${zoneOf(date)}`;
}

/** Names of zones are ambiguous (IST, CST), what they are away from UTC is not. */
function zoneOf(date: Date): string {
  const east = -date.getTimezoneOffset();
  return east === 0 ? 'UTC' : `${east < 0 ? '-' : '+'}${clock(Math.abs(east))}`;
}

function clock(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
