import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '../../evidence/fact.ts';

/** What a real node printed (`fixtures/README.md`). */
function recorded(runtime: string, section: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures', `${runtime}.${section}.txt`), 'utf8');
}

/** The same, read. @throws Error where it does not read */
export function readRecorded<Value>(
  runtime: string,
  fact: Fact<Value>,
  change = (text: string): string => text,
): Value {
  const value = fact.parse({ text: change(recorded(runtime, fact.key.replace('/', '-'))), truncated: false });
  if (value === undefined) throw new Error(`${fact.key} of ${runtime} does not read`);
  return value;
}
