import type { ProgressReport } from '../transport/progress.ts';
import type { Texts } from './texts/texts.ts';

/** What use-cases need of whoever runs them: a command line, a controller, a server each brings its own. */
export interface Ports {
  readonly texts: Texts;
  /** Whether somebody chose the language of these texts: then it wins over the configuration. */
  readonly languageNamed: boolean;
  readonly environment: Environment;
  /** The folder that relative paths start from. */
  readonly workingFolder: string;
  /** Aborted once nothing new is to be started: what arrived is kept, and how to go on is said. */
  readonly interrupt: AbortSignal;
  readonly now: () => Date;
  /** Between two looks of a watch. @throws the signal's reason */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly prompts: Prompts;
  /** What went wrong beside the work, which goes on. */
  readonly onTrouble: (trouble: Error) => void;
  /** Shows how far a fan-out over nodes is, until it is stopped. */
  readonly watchNodes: (texts: Texts) => Promise<NodesWatch>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What only a person can answer. Where there is none, nobody is waited for. */
export interface Prompts {
  /**
   * The passphrase of a private key; undefined when nobody can be asked or nothing was given. `attempt` counts from 1:
   * a second question says that the first answer was wrong.
   */
  readonly passphrase: (
    key: { readonly path: string; readonly attempt: number },
    texts: Texts,
  ) => Promise<string | undefined>;
}

export interface NodesWatch {
  readonly report: (report: ProgressReport) => void;
  readonly stop: () => void;
}
