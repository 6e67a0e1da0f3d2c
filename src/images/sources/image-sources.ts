import type { SavedAnswers } from './brought-source.ts';
import type { SourceSettings } from './candidates.ts';
import type { SourceAnswers } from './source-answer.ts';

/** What is known of where images can be had, beside what the nodes' own evidence tells. */
export interface ImageSources {
  readonly settings: SourceSettings;
  /** Empty where no node was asked: a plan from saved evidence asks nobody. */
  readonly answers: SourceAnswers;
  /** What nodes with docker have saved. */
  readonly saved?: SavedAnswers;
}
