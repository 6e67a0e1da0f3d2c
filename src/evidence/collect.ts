import { NodemendError } from '../errors/nodemend-error.ts';
import { byName } from './by-name.ts';
import { collectNodes, type NodeCollection } from './collect-nodes.ts';
import {
  evidenceSchema,
  type ApiNode,
  type ClusterEvidence,
  type Evidence,
  type KubeletConfiguration,
  type MountedClaim,
  type NodeEvidence,
  type Observed,
} from './evidence.ts';
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
  /** Of workloads only those of this one; undefined for all. */
  readonly namespace?: string | undefined;
  /** Images that every node needs, by the user's configuration. */
  readonly neededImages?: readonly string[];
  /** The version of Kubernetes that the cluster is to be upgraded to. */
  readonly upgradeTo?: string | undefined;
  /** Never empty: the caller has already made an error of that. */
  readonly nodes: readonly AskedNode[];
  /** Undefined with a hosts file. */
  readonly cluster: ClusterEvidence | undefined;
  readonly now: Date;
  /** What kubelets said of themselves, by node; undefined when nobody asked them. */
  readonly kubelets?: ReadonlyMap<string, Observed<KubeletConfiguration>> | undefined;
  /** What they have mounted, likewise. */
  readonly mounted?: ReadonlyMap<string, Observed<readonly MountedClaim[]>> | undefined;
  /** How nodes are reached; undefined when nobody asked to go onto them. */
  readonly access: NodeCollection | undefined;
}

/** The flags that would look. */
const enableAccess = { state: 'not-looked-at', enable: '--via ssh' } as const;
const enableApi = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

/**
 * Everything that was asked for, as one document: what could not be seen says why, what nobody asked for says what
 * would look. The same answers give the same document, whatever their order.
 */
export async function collectEvidence(request: EvidenceRequest): Promise<Evidence> {
  const {
    version,
    problems,
    namespace,
    nodes,
    cluster,
    now,
    access,
    kubelets,
    mounted,
    neededImages = [],
    upgradeTo,
  } = request;
  const probed = access ? await collectNodes(access) : new Map<string, ProbedNode>();
  return {
    schema: evidenceSchema,
    collectedAt: now.toISOString(),
    collector: { version },
    scope: {
      via: access?.transport.kind ?? 'none',
      targets: cluster ? 'cluster' : 'hosts',
      problems,
      ...(namespace === undefined ? {} : { namespace }),
      ...(neededImages.length === 0 ? {} : { neededImages }),
      ...(upgradeTo === undefined ? {} : { upgradeTo }),
    },
    cluster: cluster ? { state: 'seen', value: cluster } : enableApi,
    nodes: nodes
      .map((node) =>
        nodeEvidence(node, probed.get(node.name), {
          kubelet: kubelets?.get(node.name),
          mounted: mounted?.get(node.name),
        }),
      )
      .toSorted(byName),
  };
}

interface OfKubelet {
  readonly kubelet: Observed<KubeletConfiguration> | undefined;
  readonly mounted: Observed<readonly MountedClaim[]> | undefined;
}

function nodeEvidence(node: AskedNode, probed: ProbedNode | undefined, { kubelet, mounted }: OfKubelet): NodeEvidence {
  return {
    name: node.name,
    ...(node.group === undefined ? {} : { group: node.group }),
    address: node.address,
    api: node.api ? { state: 'seen', value: node.api } : enableApi,
    ...(kubelet === undefined ? {} : { kubelet }),
    ...(mounted === undefined ? {} : { mounted }),
    ...(probed ? ofThisNode(node, probed) : { access: enableAccess, sections: {} }),
  };
}

/**
 * Names and addresses are reused: where the machine that answered is not the one that the API server knows by this
 * name, what it said is not evidence about this node. Boot ids may differ for a while (a kubelet that has not come back
 * yet), machine ids may not.
 */
function ofThisNode({ name, address, api }: AskedNode, probed: ProbedNode): ProbedNode {
  const { access, sections } = probed;
  const expected = plainId(api?.machineID);
  const found = access.state === 'seen' ? plainId(access.value.machineId) : '';
  if (expected === '' || found === '' || found === expected) return probed;
  const unknown = unknownOf(new NodemendError('NODE_IDENTITY_MISMATCH', { node: name, address, expected, found }));
  return { access: unknown, sections: Object.fromEntries(Object.keys(sections).map((key) => [key, unknown])) };
}

/** machine-id(5) has 32 hexadecimal digits; some programs write it as a UUID. */
function plainId(id = ''): string {
  return id.replaceAll('-', '').toLowerCase();
}
