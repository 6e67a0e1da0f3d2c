import type { InputOption, ProblemInputs, RemedyInputs } from '../../problems/inputs.ts';
import type { Language } from '../../locales/language.ts';
import { createTranslator } from '../../locales/translator.ts';
import { problemCatalogue } from '../../problems/index.ts';

/** A problem's inputs; its code need not be loaded for them. */
export interface DeclaredInputs {
  readonly problem: string;
  readonly inputs: ProblemInputs;
  /** What to say an input of this name is for. */
  readonly help: (name: string) => string;
}

/** What the problems of the catalogue declare. */
export async function declaredInputs(language: Language): Promise<readonly DeclaredInputs[]> {
  const all = problemCatalogue.map(async ({ meta, inputs, texts }): Promise<readonly DeclaredInputs[]> => {
    if (inputs === undefined) return [];
    const own = createTranslator(language, await texts[language]());
    return [{ problem: meta.id, inputs: await inputs(), help: (name) => own.text(`inputs.${name}`) }];
  });
  return (await Promise.all(all)).flat();
}

/** Of these inputs those that new nodes are prepared with. */
export function inputsAtBootstrap(declared: readonly DeclaredInputs[]): readonly DeclaredInputs[] {
  return inputsWhere(declared, ({ atBootstrap }) => atBootstrap !== undefined);
}

/** Those that remedies are planned with. */
export function inputsOfRemedies(declared: readonly DeclaredInputs[]): readonly DeclaredInputs[] {
  return inputsWhere(declared, ({ atBootstrap }) => atBootstrap !== 'alone');
}

function inputsWhere(
  declared: readonly DeclaredInputs[],
  fits: (inputs: RemedyInputs) => boolean,
): readonly DeclaredInputs[] {
  return declared.map(({ inputs, ...others }) => ({
    ...others,
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, one]) => fits(one))),
  }));
}

/** One input, as whoever asks people for it has to know it. */
export interface DeclaredInput extends InputOption {
  /** Without the dashes that a command line puts before it. */
  readonly name: string;
  /** What it is for. */
  readonly help: string;
}

/** All inputs, in the order in which they are declared. */
export function inputList(declared: readonly DeclaredInputs[]): readonly DeclaredInput[] {
  return declared.flatMap(({ inputs, help }) =>
    Object.values(inputs).flatMap(({ options }) =>
      Object.entries(options).map(([name, option]) => ({ ...option, name, help: help(name) })),
    ),
  );
}

/** What was typed, by the input's name; what was not typed is not in it. */
export type TypedInputs = ReadonlyMap<string, true | string | readonly string[]>;

/** To be typed again. */
export function inputWords(declared: readonly DeclaredInputs[], typed: TypedInputs): readonly string[] {
  return inputList(declared).flatMap(({ name }) => {
    const value = typed.get(name);
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [value].flat().flatMap((one) => [`--${name}`, one]);
  });
}
