import { sentenceParams, sentenceText, type Sentence } from '../errors/sentences.ts';
import type { TextParams } from '../locales/translator.ts';
import type { ActionContext, CheckReference, CheckVerdict, StepResult } from './action.ts';
import { rejected } from './node-state/refusal.ts';
import { printableText } from '../text/printable.ts';

export interface CheckRun {
  readonly checks: readonly CheckReference[];
  /**
   * Arguments that go before the reference's own: the staged path and the path it will take, for a validating check.
   */
  readonly leading: readonly string[];
  /** Given where a check may be cut short; a change that is already in force is checked to the end. */
  readonly signal?: AbortSignal;
}

const timeoutMs = 120_000;
const maxOutputBytes = 1024 * 1024;

const said: Sentence = { key: 'check.too-long', params: { size: maxOutputBytes } };
const tooLong: CheckVerdict = { ok: false, saw: sentenceText('en', [said]), said };

/** Runs checks one after the other; the first that says no ends it. Output over the cap proves nothing and says no. */
export async function runChecks(context: ActionContext, run: CheckRun): Promise<StepResult> {
  const saw: string[] = [];
  for (const reference of run.checks) {
    const check = context.check(reference);
    const result = await context.connection.exec({
      script: check.script,
      args: [...run.leading, ...reference.args],
      privilege: 'root',
      timeoutMs,
      maxOutputBytes,
      ...(run.signal ? { signal: run.signal } : {}),
    });
    const verdict = result.truncated
      ? tooLong
      : check.judge({ exitCode: result.exitCode, stdout: text(result.stdout), stderr: text(result.stderr) });
    if (!verdict.ok)
      return rejected('CHECK_FAILED', {
        node: context.connection.node,
        check: reference.check,
        ...saidOf(verdict.said ?? verdict.saw),
      });
    saw.push(`${reference.check}: ${printableText(verdict.saw)}`);
  }
  return { outcome: 'done', detail: saw.join('; ') };
}

/** The words of a program, or a sentence of ours with such words in it. */
function saidOf(said: string | Sentence): TextParams {
  const params = typeof said === 'string' ? { said } : sentenceParams('said', [said]);
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? printableText(value) : value]),
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
