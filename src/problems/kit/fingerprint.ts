import { sha256 } from '../../hash/sha256.ts';
import type { Subject } from '../problem.ts';

/** Twelve hex digits that stay equal across runs for the same problem, rule and subject. */
export function fingerprint(problem: string, rule: string, subject: Subject): string {
  const name = subject.kind === 'cluster' ? '' : subject.name;
  const namespace = 'namespace' in subject ? (subject.namespace ?? '') : '';
  return sha256(Buffer.from(JSON.stringify([problem, rule, subject.kind, namespace, name]), 'utf8')).slice(0, 12);
}
