import type { ClusterEvidence } from '../../evidence/evidence.ts';
import type { DefaultObject } from '../../evidence/upgrade/upgrade.ts';
import { defaultObjects } from '../../platforms/nks/default-objects.ts';
import type { Finding, Subject } from '../problem.ts';
import { findings } from './rules.ts';
import type { UpgradePath } from './upgrade-path.ts';

/** The server sets these itself while it deletes, and takes them away again (apimachinery, metav1). */
const ofTheServer: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan']);

/** One finding for each object that has a finalizer of somebody's. */
export function finalizerFindings(cluster: ClusterEvidence, { isNamed }: UpgradePath): readonly Finding[] {
  const evidence = ['cluster#upgrade', 'cluster#workloads'];
  const roles = cluster.upgrade?.roles;
  const unseen =
    roles?.state === 'unknown'
      ? [findings.unknown({ rule: 'objects-unknown', subject: { kind: 'cluster' }, evidence }, roles.reason)]
      : [];
  const found = blockedObjects(cluster).map((one) =>
    findings.trouble({
      rule: 'finalizers',
      status: isNamed ? 'fail' : 'warn',
      subject: objectSubject(one),
      params: { finalizers: one.finalizers.join(', ') },
      evidence,
    }),
  );
  return [...unseen, ...found];
}

/** Of those that every cluster is created with; workloads that could not be listed are told for their images. */
export function blockedObjects({ upgrade, workloads }: ClusterEvidence): readonly DefaultObject[] {
  const roles = upgrade?.roles.state === 'seen' ? upgrade.roles.value : [];
  const inNamespaces = (workloads?.builtIn ?? []).flatMap(({ objects, ...place }) =>
    (objects.state === 'seen' ? objects.value : []).flatMap(({ namespace, name, uid, finalizers = [] }) =>
      isDefault({ ...place, namespace, name }) ? [{ ...place, namespace, name, uid, finalizers }] : [],
    ),
  );
  return [...roles, ...inNamespaces].filter(({ finalizers }) => finalizers.some((one) => !ofTheServer.has(one)));
}

function isDefault({ kind, namespace, name }: Pick<DefaultObject, 'kind' | 'namespace' | 'name'>): boolean {
  return defaultObjects.some((one) => one.kind === kind && one.namespace === namespace && one.name === name);
}

export function objectSubject({ namespace, kind, name }: DefaultObject): Subject {
  return { kind: 'workload', namespace, name: `${kind}/${name}` };
}
