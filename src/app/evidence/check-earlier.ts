import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';

/**
 * Whether a bundle is one from before of the same nodes, so that it can tell how fast things change on them. Nodes are
 * matched by their machine id, or the UID of their Node object where nobody got onto them: names and addresses are
 * reused.
 * @throws NodemendError BUNDLE_NOT_EARLIER, BUNDLE_OTHER_NODES
 */
export function checkEarlier(path: string, earlier: Evidence, evidence: Evidence): void {
  const { collectedAt } = evidence;
  if (Date.parse(earlier.collectedAt) >= Date.parse(collectedAt))
    throw new NodemendError('BUNDLE_NOT_EARLIER', { path, made: earlier.collectedAt, collectedAt });
  const known = new Set(earlier.nodes.flatMap(identities));
  if (!evidence.nodes.some((node) => identities(node).some((identity) => known.has(identity))))
    throw new NodemendError('BUNDLE_OTHER_NODES', { path });
}

function identities({ access, api }: NodeEvidence): readonly string[] {
  const machine = access.state === 'seen' ? [`machine ${access.value.machineId}`] : [];
  return api.state === 'seen' ? [...machine, `node ${api.value.uid}`] : machine;
}
