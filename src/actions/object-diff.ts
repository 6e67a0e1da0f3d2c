import { createTwoFilesPatch } from 'diff';
import { printable, printableText } from '../text/printable.ts';
import type { Redact } from './action.ts';
import type { ObjectReference } from './cluster-action.ts';
import { objectWords } from './object-words.ts';

export interface ObjectSide {
  /** Stands behind the name in the header. */
  readonly label: string;
  /** What is shown of the object, as YAML; undefined where there is none. */
  readonly yaml: string | undefined;
}

/** A unified diff of two states of an object. */
export function objectDiff(reference: ObjectReference, before: ObjectSide, after: ObjectSide, redact: Redact): string {
  const words = printable(objectWords(reference));
  const name = ({ yaml }: ObjectSide): string => (yaml === undefined ? '/dev/null' : words);
  const text = ({ yaml }: ObjectSide): string => (yaml === undefined ? '' : printableText(redact(yaml)));
  const patch = createTwoFilesPatch(name(before), name(after), text(before), text(after), before.label, after.label, {
    context: 3,
  });
  return patch.replace(/^(?:Index: .*\n)?=+\n/u, '').trimEnd();
}
