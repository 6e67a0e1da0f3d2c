import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { Redact } from '../action.ts';
import type { ObjectReference } from '../cluster-action.ts';
import { printable, printableText } from '../../text/printable.ts';
import { objectWords } from '../object-words.ts';

export interface ManifestSide {
  /** Stands behind the name in the header. */
  readonly label: string;
  readonly object: JsonObject | 'absent';
}

/** A unified diff of two states of an object, as YAML. */
export function manifestDiff(
  reference: ObjectReference,
  before: ManifestSide,
  after: ManifestSide,
  redact: Redact,
): string {
  const words = printable(objectWords(reference));
  const name = ({ object }: ManifestSide): string => (object === 'absent' ? '/dev/null' : words);
  const text = ({ object }: ManifestSide): string =>
    object === 'absent' ? '' : printableText(redact(stringify(object, { lineWidth: 0, sortMapEntries: true })));
  const patch = createTwoFilesPatch(name(before), name(after), text(before), text(after), before.label, after.label, {
    context: 3,
  });
  return patch.replace(/^=+\n/u, '').trimEnd();
}
