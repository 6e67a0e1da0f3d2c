import type { Finding, Subject } from '../../../problems/problem.ts';

/** A subject's name for people: `kube-system/coredns`, `worker-3`, `ClusterRole/web`, and `-` for the cluster, which has none. */
export function subjectName(subject: Subject): string {
  if (subject.kind === 'cluster') return '-';
  return 'namespace' in subject && subject.namespace !== '' ? `${subject.namespace}/${subject.name}` : subject.name;
}

/** The objects of Kubernetes that a fail or a warning is about, as `kubectl -o name` has them: `node/worker-3`. */
export function troubledNames(findings: readonly Finding[]): readonly string[] {
  return objectNames(findings.filter(({ status }) => status === 'fail' || status === 'warn'));
}

/** The objects that findings of any status are about. */
export function objectNames(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ subject }) => {
    if (subject.kind === 'node' || subject.kind === 'secret') return [`${subject.kind}/${subject.name}`];
    return subject.kind === 'workload' ? [kindAndName(subject.name)] : [];
  });
}

/** A workload is called `Deployment/web`. */
function kindAndName(name: string): string {
  const [kind = '', ...rest] = name.split('/');
  return [kind.toLowerCase(), ...rest].join('/');
}
