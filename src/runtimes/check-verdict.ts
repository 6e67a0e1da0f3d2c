import type { CheckOutput, CheckVerdict } from '../actions/action.ts';
import { sentenceText, type Sentence } from '../errors/sentences.ts';

/**
 * A check's no, by its key under `check.` in `locales/<lang>/sentences.json`. What a program of the node says stays as it
 * says it.
 */
export function saysNo(key: string, params: NonNullable<Sentence['params']> = {}): CheckVerdict {
  const said = { key: `check.${key}`, params };
  return { ok: false, saw: sentenceText('en', [said]), said };
}

/** Of a check whose script did not come to its end. */
export function endedEarly({ exitCode, stderr }: CheckOutput): CheckVerdict {
  const words = stderr.trim();
  return words === '' ? saysNo('ended-early', { exitCode }) : saysNo('ended-early-saying', { exitCode, words });
}
