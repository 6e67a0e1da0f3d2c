/**
 * What a user may say for a remedy beside its name. A problem declares it in its `inputs.ts`, under the remedy's id;
 * options, help, completion, the words of a next command and the checks of a command line are made from that
 * (`app/inputs/`), and nobody else knows the names.
 */
export interface InputOption {
  /** There or not; one value; a value each time it is named; the path of a file of the user's, which is read. */
  readonly kind: 'flag' | 'value' | 'values' | 'file';
  /** Stands for a value in the help: `registry=url`. A file's is `file`. */
  readonly placeholder?: string;
  /** The remedy cannot do without it. */
  readonly required?: true;
  /** To type it is to name the remedy: `--prevent` is as good as `--remedy boot-argument --prevent`. */
  readonly namesRemedy?: true;
}

/** By the option's name without its dashes, one word in the whole catalogue; its help is the text `inputs.<name>`. */
type InputOptions = Readonly<Record<string, InputOption>>;

/** A file that an option names: its text, or the system's name for what kept it from being read (`ENOENT`). */
export type GivenFile = { readonly name: string } & ({ readonly text: string } | { readonly fault: string });

export type GivenValue = boolean | string | readonly string[] | GivenFile;

interface GivenOfKind {
  readonly flag: boolean;
  readonly value: string | undefined;
  readonly values: readonly string[];
  readonly file: GivenFile | undefined;
}

type Given<Options extends InputOptions> = {
  readonly [Name in keyof Options]: GivenOfKind[Options[Name]['kind']];
};

/** The inputs of one remedy. */
export interface RemedyInputs<Value = unknown> {
  readonly options: InputOptions;
  /**
   * Taken by `user-script`, too, where no remedy is named; `alone`: by nothing else, so that their key is not that of a
   * remedy.
   */
  readonly atBootstrap?: true | 'alone';
  /** What the remedy changes is on nodes alone: without having seen them nothing can be planned for it. */
  readonly onNodes?: true;
  /**
   * Of what was typed. Pure; a file was read before, an option of it that is missing was told before. `command` is the
   * one that was typed.
   * @throws NodemendError what is wrong with it, before anything is contacted
   */
  readonly read: (given: Readonly<Record<string, GivenValue | undefined>>, command: string) => Value;
}

interface DeclaredInputs<Value, Options extends InputOptions> extends Omit<RemedyInputs, 'options' | 'read'> {
  readonly options: Options;
  readonly read: (given: Given<Options>, command: string) => Value;
}

/** Declares the inputs of a remedy; `read` gets each option by its name, typed by its kind. */
export function remedyInputs<Value, const Options extends InputOptions>({
  read,
  ...declared
}: DeclaredInputs<Value, Options>): RemedyInputs<Value> {
  // Who fills the options has them from the declaration alone.
  return { ...declared, read: (given, command) => read(given as Given<Options>, command) };
}

/** By the remedy's id. */
export type ProblemInputs = Readonly<Record<string, RemedyInputs>>;

/** What a problem is planned with: by the remedy's id, what was typed for it; none for one that was not named. */
export type InputsOf<Declared extends ProblemInputs> = {
  readonly [Remedy in keyof Declared]?: Declared[Remedy] extends RemedyInputs<infer Value> ? Value : never;
};
