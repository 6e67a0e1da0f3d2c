import type { InputOption, ProblemInputs } from '../../problems/inputs.ts';
import { problems } from '../../problems/index.ts';

/** A problem's inputs; its code need not be loaded for them. */
export interface DeclaredInputs {
  readonly problem: string;
  readonly inputs: ProblemInputs;
}

/** What the problems of the catalogue declare. */
export async function declaredInputs(): Promise<readonly DeclaredInputs[]> {
  return problems.flatMap(({ meta, inputs }) => (inputs === undefined ? [] : [{ problem: meta.id, inputs }]));
}

/** Of these inputs those that new nodes are prepared with. */
export function inputsAtBirth(declared: readonly DeclaredInputs[]): readonly DeclaredInputs[] {
  return declared.map(({ problem, inputs }) => ({
    problem,
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, { atBirth }]) => atBirth)),
  }));
}

/** One input, as whoever asks people for it has to know it. */
export interface DeclaredInput extends InputOption {
  /** Without the dashes that a command line puts before it. */
  readonly name: string;
  readonly problem: string;
}

/** All inputs, in the order in which they are declared. */
export function inputList(declared: readonly DeclaredInputs[]): readonly DeclaredInput[] {
  return declared.flatMap(({ problem, inputs }) =>
    Object.values(inputs).flatMap(({ options }) =>
      Object.entries(options).map(([name, option]) => ({ ...option, name, problem })),
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
