import type { Subject } from '../../../problems/problem.ts';

/** A subject's name for people: `kube-system/coredns`, `worker-3`, and `-` for the cluster, which has none. */
export function subjectName(subject: Subject): string {
  if (subject.kind === 'cluster') return '-';
  return 'namespace' in subject && subject.namespace !== undefined
    ? `${subject.namespace}/${subject.name}`
    : subject.name;
}
