import { NodemendError } from '../errors/nodemend-error.ts';
import { evidenceSchema, type ApiNode, type ClusterEvidence, type Evidence, type NodeEvidence, type Seen } from './evidence.ts';
import { collectNodes, type NodeCollection } from './collect-nodes.ts';
import type { ProbedNode } from './probe/probe-node.ts';
import { unknownOf } from './unknown.ts';

/** A node that evidence is asked of, however it was found. */
export interface AskedNode {
  readonly name: string;
  readonly group?: string;
  readonly address: string;
  /** Absent with a hosts file. */
  readonly api?: ApiNode;
}

export interface EvidenceRequest {
  /** Of nodemend. */
  readonly version: string;
  /** Ids of the problems that are asked about. */
  readonly problems: readonly string[];
  /** Never empty: the caller has already made an error of that. */
  readonly nodes: readonly AskedNode[];
  /** Undefined with a hosts file. */
  readonly cluster: ClusterEvidence | undefined;
  readonly now: Date;
  /** How nodes are reached; undefined when nobody asked to go onto them. */
  readonly access: (Omit<NodeCollection, 'targets'> & { readonly targets: NodeCollection['targets'] }) | undefined;
}

/** The flag that would go onto nodes. */
const enableAccess = '--via ssh';

/** Everything that was asked for, as one document. What could not be seen says why; what nobody asked for says what would look. */
export async function collectEvidence(request: EvidenceRequest): Promise<Evidence> {
  const probed = request.access ? await collectNodes(request.access) : new Map<string, ProbedNode>();
  const nodes = request.nodes.map((node) => nodeEvidence(node, probed.get(node.name)));
  return {
    schema: evidenceSchema,
    collectedAt: request.now.toISOString(),
    collector: { version: request.version },
    scope: {
      via: request.access?.transport.kind ?? 'none',
      targets: request.cluster ? 'cluster' : 'hosts',
      problems: request.problems,
    },
    cluster: request.cluster ? { state: 'seen', value: request.cluster } : { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function nodeEvidence(node: AskedNode, probed: ProbedNode | undefined): NodeEvidence {
  const api: Seen<ApiNode> = node.api ? { state: 'seen', value: node.api } : { state: 'not-looked-at', enable: '--kubeconfig' };
  const { access, sections } = probed ? sameMachine(node, probed) : { access: { state: 'not-looked-at', enable: enableAccess } as const, sections: {} };
  return { name: node.name, ...(node.group === undefined ? {} : { group: node.group }), address: node.address, api, access, sections };
}

/**
 * Names and addresses are reused: where the machine that answered is not the one that the API server knows by this name, what
 * it said is not evidence about this node. Boot ids may differ for a moment (a kubelet that has not started yet), machine ids
 * may not.
 */
function sameMachine(node: AskedNode, probed: ProbedNode): ProbedNode {
  const expected = node.api?.machineID ?? '';
  if (probed.access.state !== 'seen' || expected === '' || probed.access.value.machineId === '') return probed;
  const found = probed.access.value.machineId;
  if (plainId(found) === plainId(expected)) return probed;
  const unknown = unknownOf(new NodemendError('NODE_IDENTITY_MISMATCH', { node: node.name, address: node.address, expected, found }));
  return { access: unknown, sections: Object.fromEntries(Object.keys(probed.sections).map((key) => [key, unknown])) };
}

/** Some kubelets report it as a UUID with hyphens, in upper case. */
function plainId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
