import { compareNames } from '../compare-names.ts';
import type { Plan, PlanNode } from '../plan.ts';
import type { RunOptions } from '../run.ts';
import type { ApiNodeState } from './cluster-nodes.ts';
import { nodesOf, type BatchSize } from './batch-size.ts';

export interface BatchNode {
  readonly name: string;
  readonly group?: string;
  readonly zone?: string;
  /** Of the control plane: it comes in a batch of its own, when all others are done. */
  readonly alone?: boolean;
}

/** Nodes of a plan, with what the cluster says of them. */
function batchNodes(
  nodes: readonly Pick<PlanNode, 'name' | 'group'>[],
  known: readonly Pick<ApiNodeState, 'name' | 'zone' | 'controlPlane'>[],
): readonly BatchNode[] {
  const byName = new Map(known.map((node) => [node.name, node]));
  return nodes.map(({ name, group }) => {
    const { zone, controlPlane = false } = byName.get(name) ?? {};
    return {
      name,
      ...(group === undefined ? {} : { group }),
      ...(zone === undefined ? {} : { zone }),
      ...(controlPlane ? { alone: true } : {}),
    };
  });
}

export interface BatchPlan {
  /** Sizes of the first, second … batch; the last repeats until no node is left. */
  readonly sizes: readonly BatchSize[];
  /** No batch is larger; at least 1. */
  readonly cap: number;
  /**
   * Whether no batch holds nodes of two node groups, or of two zones: what goes wrong then stays in one. They are taken
   * one after another, the largest first, which the canary comes from. A node of none is of one with all such nodes.
   */
  readonly within?: 'group' | 'zone';
}

/**
 * Cuts the nodes into batches. Every batch is spread over the node groups in proportion to their size, because a group
 * shares an image and so a fate; the canary comes from the largest group. Pure: the same nodes always give the same
 * batches.
 */
export function planBatches(nodes: readonly BatchNode[], plan: BatchPlan): readonly (readonly string[])[] {
  const { sizes, cap, within } = plan;
  const batches: (readonly string[])[] = [];
  const together = nodes.filter(({ alone }) => alone !== true);
  const alone = nodes.filter((node) => node.alone === true).map(({ name }) => name);
  for (const part of within === undefined ? [together] : partsOf(together, within)) {
    const order = spread(part);
    for (let taken = 0; taken < order.length;) {
      const size = sizes[Math.min(batches.length, sizes.length - 1)] ?? { percent: 100 };
      const count = Math.min(nodesOf(size, nodes.length), Math.max(cap, 1));
      batches.push(order.slice(taken, taken + count));
      taken += count;
    }
  }
  return [...batches, ...alone.toSorted(compareNames).map((name) => [name])];
}

interface Rolling {
  readonly options: Pick<RunOptions, 'batches' | 'within'>;
  readonly cap: number;
}

/** The batches of a plan. @param known what the cluster says of its nodes; empty where there is none to ask */
export function batchesOf(
  plan: Pick<Plan, 'nodes'>,
  known: readonly ApiNodeState[],
  { options: { batches: sizes, within }, cap }: Rolling,
): readonly (readonly string[])[] {
  return planBatches(batchNodes(plan.nodes, known), { sizes, cap, ...(within ? { within } : {}) });
}

function partsOf(nodes: readonly BatchNode[], within: 'group' | 'zone'): readonly (readonly BatchNode[])[] {
  return [...Map.groupBy(nodes, (node) => node[within] ?? '')]
    .toSorted(([a, its], [b, others]) => others.length - its.length || compareNames(a, b))
    .map(([, members]) => members);
}

/**
 * Node number i of a group of n stands at (i + ½) / n of the whole way, so that every beginning of the list holds each
 * group in proportion, to within one node.
 */
function spread(nodes: readonly BatchNode[]): readonly string[] {
  const groups = Map.groupBy(nodes, ({ group }) => group ?? '');
  return [...groups]
    .flatMap(([group, members]) =>
      members
        .toSorted((a, b) => compareNames(a.name, b.name))
        .map(({ name }, index) => ({ name, group, at: (index + 0.5) / members.length })),
    )
    .toSorted((a, b) => a.at - b.at || compareNames(a.group, b.group) || compareNames(a.name, b.name))
    .map(({ name }) => name);
}
