import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../../../docs/reference');
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
const named = z.looseObject({ schema: z.string() });

/**
 * A document as it was printed, read and held to the schema that it names: the published file, as anybody has it.
 * @throws Error where it names none, none is published, or it does not fit
 */
export function heldToSchema(json: string): Readonly<Record<string, unknown>> {
  const document = named.parse(JSON.parse(json));
  const id = `https://${document.schema}`;
  const [, name = ''] = /^nodemend\.dev\/([a-z-]+)\/v1$/u.exec(document.schema) ?? [];
  const schema = JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')) as object;
  const validate = ajv.getSchema(id) ?? ajv.compile(schema);
  if (validate(document) !== true) throw new Error(`${document.schema}: ${ajv.errorsText(validate.errors)}`);
  return document;
}

/** Everything that a command printed as JSON, one document or one per line. @throws Error as `heldToSchema` does */
export function heldOutput(words: readonly string[], printed: string): readonly Readonly<Record<string, unknown>>[] {
  const isAsked = words.some((word, at) => word === '-o=json' || (word === 'json' && words[at - 1] === '-o'));
  if (!isAsked || printed === '') return [];
  return isJson(printed) ? [heldToSchema(printed)] : printed.trimEnd().split('\n').map(heldToSchema);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
