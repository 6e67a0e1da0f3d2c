import type { StepResult } from '../../actions/action.ts';
import { printableText } from '../../text/printable.ts';
import type { TextParams } from '../../locales/translator.ts';
import { redactText } from '../../evidence/redact.ts';

/** The words of a step may hold pieces of the node's files: no secret in them reaches a journal or a terminal. */
export function redactResult(result: StepResult): StepResult {
  const detail = redactWords(result.detail);
  if (!('params' in result) || result.params === undefined) return { ...result, detail };
  // A diff was made of masked contents.
  return { ...result, detail, params: redactParams(result.params) };
}

export function redactParams(params: TextParams): TextParams {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? redactWords(value) : value]),
  );
}

export function redactWords(words: string): string {
  return redactText(printableText(words));
}
