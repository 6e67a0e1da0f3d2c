import { releaseGates, releaseVerdict } from '../../calico/releases.ts';
import type { NodeIdentity } from '../../evidence/calico/calico-facts.ts';
import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { imageOf, reasonOf, releaseUnknown, subjectOf, type Calico } from './calico.ts';
import { findings } from './rules.ts';

const evidence = ['cluster#workloads', 'cluster#calico', 'nodes#api'];

interface Nodes {
  readonly nodes: readonly NodeEvidence[];
  readonly earlier: Evidence | undefined;
}

/**
 * Nodes that have the name of one that is gone: `calico-kube-controllers` of these releases, moved to another node, does
 * not see that one go. That no such name is known proves nothing: the next one may be.
 */
export function nodeNameFindings(
  { node, datastore, controllers, nodeEvents }: Calico,
  { nodes, earlier }: Nodes,
): readonly Finding[] {
  const cluster = { subject: subjectOf(node), evidence } as const;
  const fine = (why: string, params = {}): readonly Finding[] => [
    findings.pass({ rule: 'node-names-fine', why, ...cluster, params }),
  ];
  if (datastore === 'api') return fine('datastore');
  if (controllers.state !== 'seen')
    return [
      findings.unknown(
        { rule: 'release-unknown', why: 'unlisted', subject: { kind: 'cluster' }, evidence },
        reasonOf(controllers),
      ),
    ];
  if (controllers.value === undefined) return fine('no-controllers');
  const subject = subjectOf(controllers.value);
  const image = imageOf(controllers.value);
  const verdict = releaseVerdict(image, releaseGates['lost-nodes']);
  if (verdict.is === 'sound') return fine('release', { release: verdict.release });
  if (verdict.is === 'unknown') return [releaseUnknown(controllers.value, evidence)];
  const former = [...(nodeEvents.state === 'seen' ? nodeEvents.value : []), ...identitiesOf(earlier?.nodes ?? [])];
  const reused = identitiesOf(nodes).filter((now) =>
    former.some(({ name, uid }) => name === now.name && uid !== now.uid),
  );
  const params = { release: verdict.release };
  if (reused.length === 0) return [findings.trouble({ rule: 'node-names', status: 'warn', subject, evidence, params })];
  return reused.map(({ name }) =>
    findings.trouble({
      rule: 'node-name-reused',
      status: 'fail',
      subject: { kind: 'node', name },
      evidence,
      params: { ...params, node: name },
    }),
  );
}

function identitiesOf(nodes: readonly NodeEvidence[]): readonly NodeIdentity[] {
  return nodes.flatMap(({ name, api }) => (api.state === 'seen' ? [{ name, uid: api.value.uid }] : []));
}
