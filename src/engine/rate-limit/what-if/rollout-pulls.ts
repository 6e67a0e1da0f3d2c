import { formatReference, isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import type { NodeImages } from '../../../evidence/rate-limit/node-images.ts';
import type { PodTemplate, TemplateImage, Toleration } from '../../../evidence/rate-limit/pod-template.ts';
import type { Rollout } from '../../../evidence/rate-limit/rollout.ts';

/** What a rollout would cost, at most: nobody knows beforehand where the scheduler puts its pods. */
export interface RolloutPulls {
  /** Each image once for each node that lacks it, and for no more nodes than there are pods. */
  readonly pulls: number;
  /** Without what is counted only because a node does not name all its images. */
  readonly certain: number;
  /** If every image were new: what the next version costs. */
  readonly ifNew: number;
}

export interface RolloutQuestion {
  readonly kind: Rollout['kind'];
  readonly replicas: number;
  readonly images: readonly TemplateImage[];
  /** Those that its pods may come to, of one group. */
  readonly nodes: readonly NodeImages[];
}

/** @returns the worst case for these nodes. Images that only one of several nodes needs are counted for it alone. */
export function rolloutPulls({ kind, replicas, images, nodes }: RolloutQuestion): RolloutPulls {
  // A DaemonSet has a pod on each node.
  const pods = kind === 'daemonset' ? nodes.length : replicas;
  const costs = images.map((image): RolloutPulls => {
    const lacking = nodes.filter((node) => !isPresent(image, node));
    const surely = lacking.filter(({ isPartial }) => !isPartial);
    const isChecked = image.policy === 'Always' && nodes.some(({ checksArePulls }) => checksArePulls);
    if (isChecked) return checkedCost(kind === 'daemonset', pods, { nodes, lacking, surely });
    return {
      pulls: Math.min(pods, lacking.length),
      certain: Math.min(pods, surely.length),
      ifNew: Math.min(pods, nodes.length),
    };
  });
  const sum = (key: keyof RolloutPulls): number => costs.reduce((total, cost) => total + cost[key], 0);
  return { pulls: sum('pulls'), certain: sum('certain'), ifNew: sum('ifNew') };
}

interface Nodes {
  readonly nodes: readonly NodeImages[];
  readonly lacking: readonly NodeImages[];
  readonly surely: readonly NodeImages[];
}

/** Where a check is a pull, each pod that starts costs one, also on a node that has the image. */
function checkedCost(onEachNode: boolean, pods: number, { nodes, lacking, surely }: Nodes): RolloutPulls {
  if (!onEachNode) return { pulls: pods, certain: Math.min(pods, surely.length), ifNew: pods };
  const pays = (node: NodeImages): boolean => node.checksArePulls || lacking.includes(node);
  const paysSurely = (node: NodeImages): boolean => node.checksArePulls || surely.includes(node);
  return { pulls: nodes.filter(pays).length, certain: nodes.filter(paysSurely).length, ifNew: nodes.length };
}

/** By its digest where it has one: what is pulled is the digest, under whatever tag. */
function isPresent({ image }: TemplateImage, { images }: NodeImages): boolean {
  const reference = parseReference(image);
  if (isInvalid(reference)) return false;
  return images.includes(formatReference(reference.digest === null ? reference : { ...reference, tag: null }));
}

/**
 * The nodes that a scheduler may choose by the node selector, by taints, and by what is cordoned. What passes by itself
 * (`node.kubernetes.io/…`) and node affinity are left out of account, so that it is never too few.
 */
export function eligibleNodes(
  nodes: readonly NodeImages[],
  { nodeSelector, tolerations }: Pick<PodTemplate, 'nodeSelector' | 'tolerations'>,
  kind: Rollout['kind'],
): readonly NodeImages[] {
  return nodes.filter(
    ({ labels, taints, unschedulable }) =>
      // The DaemonSet controller lets its pods tolerate that.
      (kind === 'daemonset' || !unschedulable) &&
      Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
      taints.every(
        (taint) =>
          taint.effect === 'PreferNoSchedule' ||
          taint.key.startsWith('node.kubernetes.io/') ||
          tolerations.some((one) => tolerates(one, taint)),
      ),
  );
}

/** k8s.io/api/core/v1, Toleration.ToleratesTaint. */
function tolerates({ key, operator, value, effect }: Toleration, taint: NodeImages['taints'][number]): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && operator === 'Equal' && value === taint.value);
}
