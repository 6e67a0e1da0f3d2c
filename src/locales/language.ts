/** The languages every user-facing text exists in. Korean is the guide's own and first-class. */
export const languages = ['ko', 'en'] as const;

export type Language = (typeof languages)[number];

/** From `--lang`, else LC_ALL, LC_MESSAGES or LANG as POSIX orders them, else English. */
export function languageFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return locale.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
