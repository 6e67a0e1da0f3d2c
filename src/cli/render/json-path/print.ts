import { query, type JsonValue } from 'jsonpath-rfc9535';
import { canonicalJson } from '../../../engine/canonical-json.ts';
import { templateError } from './path.ts';
import { parseTemplate, type TemplatePart } from './template.ts';

/** What kubectl prints of a document for `-o jsonpath=TEMPLATE`; what is not there is nothing. */
export function printJsonPath(document: unknown, template: string): string {
  // Through JSON first: what that leaves out is not part of the document.
  return printed(parseTemplate(template), JSON.parse(JSON.stringify(document)) as JsonValue);
}

function printed(parts: readonly TemplatePart[], value: JsonValue): string {
  return parts.map((part) => printedPart(part, value)).join('');
}

function printedPart(part: TemplatePart, value: JsonValue): string {
  if ('text' in part) return part.text;
  const found = (queries: readonly string[]): readonly JsonValue[] => queries.flatMap((one) => foundBy(one, value));
  if ('queries' in part) return found(part.queries).map(textOf).join(' ');
  return found(part.range)
    .map((each) => printed(part.parts, each))
    .join('');
}

/** @throws NodemendError USAGE for what RFC 9535 does not have either, such as another comparison */
function foundBy(path: string, value: JsonValue): readonly JsonValue[] {
  try {
    return query(value, path);
  } catch (cause) {
    throw templateError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Of objects and lists as Go writes JSON: keys in order, and what HTML would take for markup escaped. */
function textOf(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return canonicalJson(value).replaceAll(/[<>&]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
