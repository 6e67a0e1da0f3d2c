import type { Workload, WorkloadFacts } from '../../evidence/workloads/workload.ts';
import { retiredNames, type RetiredNames } from '../../registry/successor.ts';
import type { Finding } from '../problem.ts';
import { findings } from './rules.ts';
import type { UpgradePath } from './upgrade-path.ts';

/** Where the cluster's own parts are: on nodes that an upgrade replaces they have to be pulled again. */
const ownNamespace = 'kube-system';

export function retiredImageFindings(
  workloads: WorkloadFacts | undefined,
  { isNamed }: UpgradePath,
  names: RetiredNames = retiredNames(),
): readonly Finding[] {
  const evidence = ['cluster#workloads'];
  return (workloads?.builtIn ?? []).flatMap(({ kind, resource, objects }): readonly Finding[] => {
    if (objects.state === 'unknown')
      return [
        findings.unknown(
          {
            rule: 'workloads-unknown',
            subject: { kind: 'workload', namespace: ownNamespace, name: kind },
            params: { resource },
            evidence,
          },
          objects.reason,
        ),
      ];
    if (objects.state !== 'seen') return [];
    return objects.value.filter(isOwn).flatMap((workload) => {
      const image = workload.images.find((one) => names.successorOf(one.image) !== undefined)?.image;
      if (image === undefined) return [];
      const subject = { kind: 'workload', namespace: ownNamespace, name: `${kind}/${workload.name}` } as const;
      return [
        findings.trouble({
          rule: 'retired-image',
          status: isNamed ? 'fail' : 'warn',
          subject,
          params: { image },
          evidence,
        }),
      ];
    });
  });
}

/** What another object made is that one's to change; a Job that is over pulls nothing any more. */
function isOwn({ namespace, owner, finished }: Workload): boolean {
  return namespace === ownNamespace && owner === undefined && finished === undefined;
}
