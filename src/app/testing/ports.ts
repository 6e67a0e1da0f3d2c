import type { Language } from '../../locales/language.ts';
import type { Ports } from '../ports.ts';
import { createTexts } from '../texts/texts.ts';

export interface Surroundings {
  readonly language?: Language;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
}

/** Ports of a caller that nobody interrupts and that has no person to ask. The user's own files are out of its sight. */
export function portsIn({ language, environment = {}, workingFolder = '/nonexistent' }: Surroundings = {}): Ports {
  return {
    texts: createTexts(language ?? 'en', []),
    languageNamed: language !== undefined,
    environment,
    workingFolder,
    interrupt: new AbortController().signal,
    now: () => new Date(),
    prompts: { passphrase: () => Promise.resolve(undefined) },
    onTrouble: () => {},
    watchNodes: () => Promise.resolve({ report: () => {}, stop: () => {} }),
  };
}
