import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import { createTexts, type Texts } from '../texts/texts.ts';
import { loadConfiguration } from './load.ts';
import type { Configuration } from './schema.ts';

/** In the configuration's language, where nobody named one. */
export function textsIn(
  { languageNamed, texts, problems = [] }: Ports & Partial<Loaded>,
  { language }: Configuration,
): Texts {
  return languageNamed || language === undefined ? texts : createTexts(language, problems);
}

/**
 * For what needs nothing else of a configuration: the same in its language, where one was named. @throws NodemendError
 * CONFIGURATION_…, YAML_…
 */
export async function inNamedLanguage<Given extends Ports & Partial<Loaded>>(
  given: Given,
  { config }: { readonly config?: string },
): Promise<Given> {
  if (config === undefined) return given;
  const { environment, workingFolder } = given;
  const { configuration } = await loadConfiguration({ environment, workingFolder, file: config });
  return { ...given, texts: textsIn(given, configuration) };
}
