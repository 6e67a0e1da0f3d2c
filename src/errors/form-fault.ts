import type { z } from 'zod';
import { sentenceValue, type Sentence } from './sentences.ts';
import type { TextParams } from '../locales/translator.ts';

type Issue = z.core.$ZodIssue;

/** What of a document is not as it has to be, for the value `problem` of an error: in English for programs, and as a sentence. */
export function problemParams(sentence: Sentence): TextParams {
  return sentenceValue('problem', [sentence]);
}

/**
 * What the first fault of a parsed document is, and where. No value of the document is in it, which may be a secret; what
 * a schema of ours says of its own stays as it says it.
 */
export function formFault([issue]: readonly Issue[]): Sentence {
  const place = placeOf(issue?.path ?? []);
  if (issue === undefined) return { key: 'form.other', params: { place, message: 'unknown' } };
  const tell = sentences[issue.code] as ((issue: Issue) => Sentence) | undefined;
  const { key, params } = tell?.(issue) ?? { key: 'form.other', params: { message: issue.message } };
  return { key, params: { place, ...params } };
}

/** By the parser's code; the place comes to each. */
const sentences: { readonly [Code in Issue['code']]?: (issue: Extract<Issue, { code: Code }>) => Sentence } = {
  invalid_type: ({ expected, message }) =>
    message.endsWith(' received undefined')
      ? { key: 'form.missing' }
      : { key: 'form.type', params: { expected: kindOf(expected) } },
  unrecognized_keys: ({ keys }) => ({ key: 'form.unknown-key', params: { keys: keys.join(', ') } }),
  invalid_value: ({ values }) => ({ key: 'form.value', params: { values: values.map(String).join(', ') } }),
  too_small: (issue) => ({ key: pastLimit(issue), params: { limit: String(issue.minimum) } }),
  too_big: (issue) => ({ key: pastLimit(issue), params: { limit: String(issue.maximum) } }),
  invalid_format: () => ({ key: 'form.format' }),
  invalid_union: () => ({ key: 'form.union' }),
};

type PastLimit = z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig;

function pastLimit({ code, origin }: PastLimit): string {
  const isNumber = origin === 'number' || origin === 'int' || origin === 'bigint';
  if (code === 'too_small') return isNumber ? 'form.small' : 'form.short';
  return isNumber ? 'form.big' : 'form.long';
}

/** The parser's own words quote the text, so that its place alone is told. @param error what JSON.parse has thrown */
export function notJson(error: unknown): Sentence {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return position === undefined ? { key: 'form.not-json' } : { key: 'form.not-json-at', params: { position } };
}

/** `nodes[0].sections["disk/room"].exitCode`, as people write paths. */
function placeOf(path: Issue['path']): string | readonly Sentence[] {
  if (path.length === 0) return [{ key: 'form.document' }];
  return path
    .map((step) => (typeof step === 'string' && /^\w+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`))
    .join('')
    .replace(/^\./, '');
}

const kinds: ReadonlySet<string> = new Set(['string', 'number', 'int', 'boolean', 'array', 'object', 'record']);

function kindOf(expected: string): string | readonly Sentence[] {
  return kinds.has(expected) ? [{ key: `form.kind-${expected}` }] : expected;
}
