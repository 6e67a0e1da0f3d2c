import type { Drift } from '../../../problems/kit/synchronise.ts';
import type { Texts } from '../../../app/texts/texts.ts';

/** The last word: "the same" only when every node that should have the file was seen to have it. */
export function driftSummary({ nodes }: Pick<Drift, 'nodes'>, { t }: Texts): string {
  const count = (status: string): number => nodes.filter(({ finding }) => finding.status === status).length;
  const [differing, unknown] = [count('fail'), count('unknown')];
  const unseen = unknown === 0 ? '' : ` ${t('drift.summary.unseen', { count: unknown })}`;
  const undecided = nodes.filter(({ state }) => state === 'undecided').length;
  if (undecided > 1) return t('drift.summary.undecided', { count: undecided }) + unseen;
  if (differing > 0) return t('drift.summary.differ', { count: nodes.length, differing }) + unseen;
  if (unknown > 0) return t('drift.summary.unknown', { count: nodes.length, unknown });
  const same = nodes.filter(({ state }) => state === 'same').length;
  if (undecided > 0) return t('drift.summary.alone');
  return same === 0
    ? t('drift.summary.notExpected', { count: nodes.length })
    : t('drift.summary.same', { count: same });
}
