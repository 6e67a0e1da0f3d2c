import type { Language } from '../locales/language.ts';
import type { TextParams } from '../locales/translator.ts';
import en from '../locales/en/system-errors.json' with { type: 'json' };
import ko from '../locales/ko/system-errors.json' with { type: 'json' };

/** By the name that Node has for it: of the system (`ENOENT`), of getaddrinfo, of OpenSSL's chain check. */
const words: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, ko };

/**
 * The values of a text with the system's errors among them in words: an error keeps the bare code, which is what
 * programs compare, and people read what it means. What it was about (a path, an address) stays where no other value
 * says it.
 */
export function withSystemErrorWords(language: Language, params: TextParams): TextParams {
  const entries = Object.entries(params);
  const worded = entries.map(([name, value]) => {
    if (name === 'context' || typeof value !== 'string') return [name, value] as const;
    const isSaid = (about: string): boolean =>
      entries.some(([other, its]) => other !== name && String(its).includes(about));
    return [name, inWords(language, value, isSaid)] as const;
  });
  return Object.fromEntries(worded);
}

/** As libuv writes one of a file: `ENOENT: no such file or directory, open '/a'`, with `-> '/b'` for two. */
const ofFile = /^(?<code>E[A-Z0-9_]+): [^,'"]+(?:, \w+(?: '(?<subject>[^']*)'.*)?)?$/u;
/** Of a socket, a name or a program: `connect ECONNREFUSED 10.0.0.1:22`, `spawn ssh ENOENT`. */
const ofCall =
  /^(?:accept|bind|connect|getaddrinfo|kill|listen|read|send|shutdown|spawn|write) (?:(?<program>\S+) )?(?<code>E[A-Z0-9_]+)(?: (?<subject>\S+))?(?: - Local .*)?$/u;

function inWords(language: Language, value: string, isSaid: (about: string) => boolean): string {
  const { code, about } = readError(value);
  const said = Object.hasOwn(en, code) ? words[language][code] : undefined;
  if (said === undefined) return value;
  return about === '' || isSaid(about) ? said : `${said}: ${about}`;
}

/** The code, and the path, address, name or program that it is about; empty where there is none. */
function readError(value: string): { readonly code: string; readonly about: string } {
  const { code = value, subject, program = '' } = (ofFile.exec(value) ?? ofCall.exec(value))?.groups ?? {};
  return { code, about: subject ?? program };
}
