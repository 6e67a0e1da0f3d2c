import type { z } from 'zod';
import type { ActionBase, Contents, StoredForm } from './action.ts';
import { nothingHidden } from './hidden-lines.ts';

/** Of a kind whose actions hold no content of any file. */
export function noContents<Spec extends ActionBase>(): Contents<Spec> {
  return { writes: () => [], hidden: () => nothingHidden, withoutPrior: (spec) => spec, isTrue: () => true };
}

/** The whole of it stands in the record then. */
export function storedWhole<Spec extends ActionBase>(schema: z.ZodType<Spec>): StoredForm<Spec, Spec> {
  return { schema, of: (spec) => spec, whole: (stored) => stored };
}
