import { createHash } from 'node:crypto';
import type { Subject } from '../problem.ts';

/** Twelve hex digits that stay equal across runs for the same problem, rule and subject. */
export function fingerprint(problem: string, rule: string, subject: Subject): string {
  const name = subject.kind === 'cluster' ? '' : subject.name;
  const namespace = 'namespace' in subject ? (subject.namespace ?? '') : '';
  return createHash('sha256')
    .update(JSON.stringify([problem, rule, subject.kind, namespace, name]))
    .digest('hex')
    .slice(0, 12);
}
