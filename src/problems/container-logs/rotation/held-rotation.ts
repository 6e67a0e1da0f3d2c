import type { SortedLogs } from '../logs/docker-logs.ts';
import type { Verdict } from '../finding.ts';
import { dockerVerdict } from './docker-verdict.ts';
import type { Rotation } from './rotation.ts';

/** What one run does to the logs is done, however well another keeps them. */
const harms: ReadonlySet<string> = new Set(['rule-unsafe', 'rule-loses-logs', 'rule-keeps-all']);

/**
 * Of all that runs of logrotate on a node work with, what docker's logs are judged by: what harms them, else what keeps
 * them best. The main file's is spoken of where none is better; of several that keep them well, that which runs most
 * often.
 */
export function heldRotation(main: Rotation, own: readonly Rotation[], logs: SortedLogs): Rotation {
  if (own.length === 0) return main;
  const found = [main, ...own].map((rotation) => ({ rotation, verdict: dockerVerdict(rotation, logs, undefined) }));
  const [held] = found.toSorted((a, b) => rankOf(a.verdict) - rankOf(b.verdict) || daysOf(a) - daysOf(b));
  return held?.rotation ?? main;
}

const ranks = { pass: 1, warn: 2, fail: 3 } as const;

/** What is wrong with a rule that is read says more than that another file has none. */
const lessToSay = ['rule-broken', 'rule-does-not-cover', 'rule-ignored', 'rule-missing'];

function rankOf({ rule, status }: Verdict): number {
  return harms.has(rule) ? 0 : ranks[status] + lessToSay.indexOf(rule) + 1;
}

/** How often a rule is not in force explains nothing. */
function daysOf({ rotation, verdict }: { readonly rotation: Rotation; readonly verdict: Verdict }): number {
  return verdict.status === 'pass' ? rotation.run.days : 0;
}

/** Whether the main file's rules have nothing to do with what a run of its own is said to do. */
export function isOfOwnRun({ rule, file }: { readonly rule: string; readonly file: unknown }, main: Rotation): boolean {
  return harms.has(rule) && typeof file === 'string' && !main.configuration.readFiles.includes(file);
}
