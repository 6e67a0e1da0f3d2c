import type { Language } from '../../locales/language.ts';

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A point in time as facts hold it: RFC 3339 in UTC, to the second. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && instantPattern.test(value);
}

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ko: 'ko-KR' };

/**
 * A day that people have to plan for, always in UTC, as all times that nodemend shows: `Friday, 27 November 2026 03:00
 * UTC`, `2026년 11월 27일(금) 03:00 UTC`.
 */
export function formatInstant(instant: string, language: Language): string {
  const date = new Date(instant);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locales[language], { ...options, timeZone: 'UTC' }).format(date);
  const time = `${instant.slice(11, 16)} UTC`;
  const [year, month, day] = instant.slice(0, 10).split('-').map(Number);
  if (language === 'ko') return `${year}년 ${month}월 ${day}일(${part({ weekday: 'short' })}) ${time}`;
  return `${part({ weekday: 'long' })}, ${day} ${part({ month: 'long' })} ${year} ${time}`;
}
