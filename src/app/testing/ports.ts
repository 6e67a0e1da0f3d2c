import type { Language } from '../../locales/language.ts';
import type { Ports } from '../ports.ts';
import { createTexts } from '../texts/texts.ts';

export interface Surroundings {
  readonly language?: Language;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  readonly interrupt?: AbortSignal;
}

/** Ports of a caller that nobody else interrupts and that has no person to ask. The user's own files are out of its sight. */
export function portsIn({
  language,
  environment = {},
  workingFolder = '/nonexistent',
  interrupt = new AbortController().signal,
}: Surroundings = {}): Ports {
  return {
    texts: createTexts(language ?? 'en', []),
    languageNamed: language !== undefined,
    environment,
    workingFolder,
    interrupt,
    now: () => new Date(),
    sleep: () => Promise.resolve(),
    prompts: { passphrase: () => Promise.resolve(undefined) },
    onTrouble: () => {},
    watchNodes: () => Promise.resolve({ report: () => {}, stop: () => {} }),
  };
}
