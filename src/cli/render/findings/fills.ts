import type { Finding } from '../../../problems/problem.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { isInstant, shortDay, shortInstant } from '../instant.ts';

/**
 * When the disk that a finding is about fills, in few letters: the minute at which kubelet evicts pods, else that at
 * which nobody can write any more. Undefined where a finding has no forecast among its facts (`forecast`, `evictsAt`,
 * `fullAt`, `notBefore`).
 */
export function fills(finding: Finding, { t }: Pick<Texts, 't'>): string | undefined {
  const facts = 'facts' in finding ? finding.facts : undefined;
  const word = facts?.['forecast'];
  if (facts === undefined || typeof word !== 'string') return undefined;
  const at = [facts['evictsAt'], facts['fullAt']].find(isInstant);
  if (at !== undefined) return minuteOrDay(at);
  if (isInstant(facts['notBefore'])) return t('findings.fills.notBefore', { at: minuteOrDay(facts['notBefore']) });
  if (word.startsWith('reached')) return t('findings.fills.now');
  return t(word === 'bounded' ? 'findings.fills.no' : 'findings.fills.unknown');
}

/** A time to the day is one at midnight. */
function minuteOrDay(instant: string): string {
  return instant.endsWith('T00:00:00Z') ? shortDay(instant) : shortInstant(instant);
}
