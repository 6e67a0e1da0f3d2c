import type { Evidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../../problems/problem.ts';

export type Status = Finding['status'];

/** Worst first: a node counts once, as the worst that is known of it. */
export const statuses = ['fail', 'warn', 'unknown', 'not-looked-at', 'pass'] as const satisfies readonly Status[];

export type Counts = Readonly<Record<Status, number>>;

/** How many findings have each status. */
export function countFindings(findings: readonly Finding[]): Counts {
  return countStatuses(findings.map((finding) => finding.status));
}

/**
 * How many nodes are in each state. A node that no finding mentions does not apply to any problem that was asked; it
 * counts as nothing, so the sum may be smaller than the number of nodes.
 */
export function countNodes(evidence: Evidence, findings: readonly Finding[]): Counts {
  const worst = new Map<string, Status>();
  for (const { subject, status } of findings) {
    if (subject.kind !== 'node') continue;
    const known = worst.get(subject.name);
    if (known === undefined || statuses.indexOf(status) < statuses.indexOf(known)) worst.set(subject.name, status);
  }
  return countStatuses(evidence.nodes.flatMap(({ name }) => worst.get(name) ?? []));
}

function countStatuses(all: readonly Status[]): Counts {
  const counts = { fail: 0, warn: 0, unknown: 0, 'not-looked-at': 0, pass: 0 };
  for (const status of all) counts[status] += 1;
  return counts;
}
