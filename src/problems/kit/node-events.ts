import type { Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import type { Said } from './findings.ts';
import { pass, unknown } from './rules.ts';

/** What a problem that looks for its words in the cluster's events says where none was found. */
export const eventRules = {
  'events-quiet': pass,
  'events-unknown': unknown,
  'events-not-looked-at': { notLookedAt: true },
} as const;

export const clusterEvents = { subject: { kind: 'cluster' }, evidence: ['cluster#events'] } as const;

/** What makes findings of a table that has these rules among others. */
interface EventFindings {
  readonly pass: (said: Said<'events-quiet'>) => Finding;
  readonly unknown: (said: Said<'events-unknown'>, reason: UnknownReason) => Finding;
  readonly notLookedAt: (said: Said<'events-not-looked-at'>, enable: string) => Finding;
}

/** Of the events with the problem's words, by node; nothing where there are some: what they say is the problem's to judge. */
export function withoutEvents(
  findings: EventFindings,
  events: Observed<ReadonlyMap<string, unknown>>,
): Finding | undefined {
  if (events.state === 'unknown') return findings.unknown({ rule: 'events-unknown', ...clusterEvents }, events.reason);
  if (events.state === 'not-looked-at')
    return findings.notLookedAt({ rule: 'events-not-looked-at', ...clusterEvents }, events.enable);
  return events.value.size === 0 ? findings.pass({ rule: 'events-quiet', ...clusterEvents }) : undefined;
}
