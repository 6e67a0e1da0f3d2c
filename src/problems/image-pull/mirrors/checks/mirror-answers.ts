import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { isAddress, isPath } from '../../../kit/check-arguments.ts';
import { endedEarly, saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './mirror-answers.sh?raw';

/**
 * Before a runtime is pointed at a mirror: the mirror answers this node as a registry does, and has no password that no
 * runtime would know.
 */
export const mirrorAnswers: NodeCheck = { script, admits, judge };

/** Where every registry answers, and a file of certificates that nodemend puts there, or the system's. */
function admits([url = '', authority = '', ...more]: readonly string[]): boolean {
  const isOurs = authority === '' || (isPath(authority) && authority.endsWith('/nodemend-mirror.crt'));
  return more.length === 0 && isAddress(url) && url.endsWith('/v2/') && isOurs;
}

function judge(output: CheckOutput): CheckVerdict {
  const { stdout } = output;
  const values = (word: string): readonly string[] =>
    [...stdout.matchAll(new RegExp(String.raw`^${word} (.*)$`, 'gmu'))].map(([, value = '']) => value.trim());
  if (/^no-client$/mu.test(stdout))
    return {
      ok: true,
      saw: 'not checked: the node has neither curl nor GNU wget; the next pull shows whether the mirror answers',
    };
  const [failed] = values('failed');
  if (failed !== undefined) return saysNo('mirror-silent', { words: failed || '-' });
  const status = values('status').at(-1);
  if (status === undefined) return endedEarly(output);
  if (status === '200') return { ok: true, saw: 'the mirror answers without an account' };
  if (status !== '401') return saysNo('mirror-status', { status });
  // With a token anybody may have one; with Basic there is nothing without a password.
  return values('challenge').some((scheme) => scheme.toLowerCase() === 'bearer')
    ? { ok: true, saw: 'the mirror answers, and hands out tokens; whether without an account, the next pull shows' }
    : saysNo('mirror-password');
}
