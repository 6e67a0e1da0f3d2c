import type { Observed } from '../../evidence/evidence.ts';
import type { DefaultObject } from '../../evidence/upgrade/upgrade.ts';
import type { Finding, Subject } from '../problem.ts';
import { findings } from './rules.ts';
import type { UpgradePath } from './upgrade-path.ts';

/** The server sets these itself while it deletes, and takes them away again (apimachinery, metav1). */
const ofTheServer: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan']);

/** One finding for each object that has a finalizer of somebody's. */
export function finalizerFindings(
  seen: Observed<readonly DefaultObject[]>,
  { isNamed }: UpgradePath,
): readonly Finding[] {
  const evidence = ['cluster#upgrade'];
  if (seen.state !== 'seen')
    return [
      findings.unknown(
        { rule: 'objects-unknown', subject: { kind: 'cluster' }, evidence },
        seen.state === 'unknown' ? seen.reason : 'malformed',
      ),
    ];
  return blockedObjects(seen.value).map((one) =>
    findings.trouble({
      rule: 'finalizers',
      status: isNamed ? 'fail' : 'warn',
      subject: objectSubject(one),
      params: { finalizers: one.finalizers.join(', ') },
      evidence,
    }),
  );
}

export function blockedObjects(all: readonly DefaultObject[]): readonly DefaultObject[] {
  return all.filter(({ finalizers }) => finalizers.some((one) => !ofTheServer.has(one)));
}

export function objectSubject({ namespace, kind, name }: DefaultObject): Subject {
  return { kind: 'workload', namespace, name: `${kind}/${name}` };
}
