import { stringify } from 'yaml';
import type { Json } from '../../kubernetes/api.ts';
import type { Redact } from '../action.ts';
import { printable, printableText } from '../../text/printable.ts';
import { objectWords } from '../object-words.ts';
import type { ObjectReference } from '../cluster-action.ts';
import { pointerParts } from '../json-pointer.ts';

/** A field on both sides; null where it is not there. */
export interface FieldDifference {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
}

export interface DiffLabels {
  readonly before: string;
  readonly after: string;
}

/**
 * A unified diff of single fields, as lines of YAML: each place of the object is named in a line of its own, because of
 * the rest of the object nothing is shown.
 */
export function fieldDiff(
  object: ObjectReference,
  fields: readonly FieldDifference[],
  labels: DiffLabels,
  redact: Redact,
): string {
  const words = printable(objectWords(object));
  const places = Map.groupBy(fields, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  const hunks = [...places].flatMap(([place, members]) => [
    `@@ ${printable(placeWords(place))} @@`,
    ...members.flatMap((field) => fieldLines(field, redact)),
  ]);
  return [`--- ${words}\t${labels.before}`, `+++ ${words}\t${labels.after}`, ...hunks].join('\n');
}

/** `spec.template.spec.containers[0]` */
function placeWords(place: string): string {
  const words = pointerParts(place).map((part) =>
    /^\d+$/u.test(part)
      ? `[${part}]`
      : /^[A-Za-z_][A-Za-z0-9_-]*$/u.test(part)
        ? `.${part}`
        : `[${JSON.stringify(part)}]`,
  );
  return words.join('').replace(/^\./u, '') || '.';
}

function fieldLines({ path, before, after }: FieldDifference, redact: Redact): readonly string[] {
  const key = pointerParts(path).at(-1) ?? '';
  return [
    ...yamlLines(key, before, redact).map((line) => `-${line}`),
    ...yamlLines(key, after, redact).map((line) => `+${line}`),
  ];
}

function yamlLines(key: string, value: Json, redact: Redact): readonly string[] {
  if (value === null) return [];
  // An element of a list has a place, and no name.
  const shown = /^\d+$/u.test(key) ? [value] : { [key]: value };
  return printableText(redact(stringify(shown, { lineWidth: 0 })))
    .trimEnd()
    .split('\n');
}
