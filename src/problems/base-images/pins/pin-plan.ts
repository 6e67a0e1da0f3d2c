import type { ImagePinAction } from '../../../actions/image-pin/image-pin-action.ts';
import type { ManifestAction } from '../../../actions/manifest/manifest-action.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import { imageNamed, isRightPin, type NodeImage, type NodeImages } from '../../../images/node-images.ts';
import { nearImageOf } from '../../../images/near-image.ts';
import type { NodeView } from '../../../images/node-view.ts';
import { holdsIn, type FoundHold } from '../../../images/pins/edited-holds.ts';
import { canBeNamed, heldOn, holdChanges, type HoldChange, type HoldWish } from '../../../images/pins/hold-changes.ts';
import { holdNamespace, holdReference } from '../../../images/pins/image-hold.ts';
import type { PinChoice } from '../../../images/pins/pin-choice.ts';
import { isPinned, isWhollyPinned, pinRecords, pinnedByRun } from '../../../images/pins/pin-records.ts';
import { reportedRuntime } from '../../../runtimes/reported-runtime.ts';
import { joinedPlans, nothingPlanned } from '../../kit/plan-parts.ts';
import type { PlannedAction, ProblemPlan } from '../../problem.ts';
import { problemId } from '../meta.ts';
import { choiceOn } from './pin-means.ts';

export interface PinPlanInput {
  readonly evidence: Evidence;
  readonly views: readonly NodeView[];
  /** Of each node the images that are meant, by name, and the findings that speak of them. */
  readonly wanted: readonly WantedPins[];
  readonly operation: 'pin' | 'unpin';
}

export interface WantedPins {
  readonly node: string;
  readonly images: readonly string[];
  /** Findings that the pins cure. */
  readonly cures: readonly string[];
  /** The finding of the node that a refusal is told with. */
  readonly about: string;
}

interface OnNode extends WantedPins {
  readonly view: NodeView;
  readonly store: NodeImages;
  readonly held: readonly string[];
  readonly choice: PinChoice;
}

/** Pins on each node in the way that works there, or takes pins of nodemend's off again. */
export function planPins({ evidence, views, wanted, operation }: PinPlanInput): ProblemPlan {
  const seen = holdsIn(evidence);
  const { found: holds, edited } = seen.state === 'seen' ? seen.value : { found: [], edited: [] };
  const taken = new Set(edited.map(({ name }) => name));
  const parts = wanted.flatMap((one): readonly NodePart[] => {
    const view = views.find(({ node }) => node.name === one.node);
    if (view?.store.state !== 'seen' || one.images.length === 0) return [];
    const onNode = { ...one, view, store: view.store.value, held: heldOn(holds, one.node), choice: choiceOn(view) };
    return [operation === 'pin' ? named(pinsOn(onNode, evidence), holds, taken) : unpinsOn(onNode)];
  });
  return joinedPlans([
    ...parts.map(({ plan }) => plan),
    holdPlan(
      holds,
      parts.flatMap(({ wish, node }) => (wish === undefined ? [] : [{ ...wish, from: node }])),
      taken,
    ),
  ]);
}

interface NodePart {
  readonly plan: ProblemPlan;
  /** Fulfilled for all nodes together. */
  readonly wish: HoldWish | undefined;
  readonly node: OnNode;
}

/** Without what no DaemonSet can be made for, which is said. */
function named(part: NodePart, holds: readonly FoundHold[], taken: ReadonlySet<string>): NodePart {
  const { node, plan, wish } = part;
  if (wish === undefined || canBeNamed(holds, wish, taken)) return part;
  return { node, wish: undefined, plan: joinedPlans([plan, refusal(node, 'pin-impossible.names-taken', wish.add)]) };
}

function pinsOn(node: OnNode, evidence: Evidence): NodePart {
  const { choice, store, images, held } = node;
  const found = images.flatMap((name) => {
    const image = imageNamed(store, name)?.image;
    return image === undefined ? [] : [{ name, image }];
  });
  const absent = images.filter((name) => !found.some((one) => one.name === name));
  const missing = joinedPlans([
    ...absent.map((image) => nearTo(node, image, evidence)),
    refusal(node, 'pin-absent', absent),
  ]);
  if (choice.way === 'label')
    return {
      node,
      wish: undefined,
      plan: joinedPlans([missing, ...byImage(found).map((one) => labelPlan(node, one))]),
    };
  const open = found.filter(({ name }) => !held.includes(name)).map(({ name }) => name);
  if (choice.way === 'hold')
    return { node, plan: missing, wish: { node: node.node, add: open, drop: [], program: choice.program } };
  return {
    node,
    wish: undefined,
    plan: joinedPlans([missing, refusal(node, `pin-impossible.${choice.notHold}`, open)]),
  };
}

function unpinsOn(node: OnNode): NodePart {
  const { store, images, held } = node;
  const plans = images.map((name): ProblemPlan => {
    const image = imageNamed(store, name)?.image;
    if (image === undefined || !image.pins.some(isRightPin))
      return held.includes(name) ? nothingPlanned : alreadySo(refusal(node, 'unpin-not-pinned', [name]));
    return pinnedByRun(image) === undefined
      ? refusal(node, 'unpin-not-ours', [name])
      : unlabelPlan(node, { name, image });
  });
  const drop = images.filter((name) => held.includes(name));
  return { node, plan: joinedPlans(plans), wish: { node: node.node, add: [], drop, program: undefined } };
}

interface NamedImage {
  readonly name: string;
  readonly image: NodeImage;
}

/** An image under several of its names is pinned once. */
function byImage(found: readonly NamedImage[]): readonly NamedImage[] {
  return [...new Map(found.toReversed().map((one) => [one.image, one])).values()].toReversed();
}

function labelPlan(node: OnNode, { name, image }: NamedImage): ProblemPlan {
  if (isWhollyPinned(image)) return nothingPlanned;
  const { api } = node.view.node;
  const kubelet = api.state === 'seen' ? api.value.kubeletVersion : '';
  const params = { image: name, runtime: runtimeWords(node.view), kubelet };
  return labelled(node, { name, image }, { operation: 'pin', why: { key: 'why.pin-label', params } });
}

function unlabelPlan(node: OnNode, { name, image }: NamedImage): ProblemPlan {
  const why = { key: 'why.unpin-label', params: { image: name, run: pinnedByRun(image) ?? '' } };
  return labelled(node, { name, image }, { operation: 'unpin', why });
}

function labelled(
  node: OnNode,
  { name, image }: NamedImage,
  { operation, why }: Pick<ImagePinAction, 'operation' | 'why'>,
): ProblemPlan {
  const all = pinRecords(image);
  if (all === undefined) return refusal(node, 'pin-odd-records', [name]);
  // What others pinned stays theirs: containerd pins its sandbox image again as soon as somebody takes that label off.
  const records = all.filter((record) => (operation === 'pin' ? !isPinned(record) : record.run !== ''));
  const action: PlannedAction = {
    kind: 'image-pin',
    id: `image-pin:${node.node}:${name}`,
    problem: problemId,
    node: node.node,
    cures: node.cures,
    why,
    operation,
    image: name,
    socket: '/run/containerd/containerd.sock',
    records,
    // Each image by itself: one whose records changed keeps no other from being pinned.
    partOf: `image-pin ${name}`,
  };
  return { actions: [action], refused: [] };
}

/** The DaemonSets that change, for all nodes at once. */
function holdPlan(
  holds: readonly FoundHold[],
  wishes: readonly (HoldWish & { readonly from: OnNode })[],
  taken: ReadonlySet<string>,
): ProblemPlan {
  const clusterActions = holdChanges(holds, wishes, taken).map((change) => holdAction(change, wishes));
  return clusterActions.length === 0 ? nothingPlanned : { actions: [], clusterActions, refused: [] };
}

function holdAction(
  { name, from, to, images, nodes }: HoldChange,
  wishes: readonly (HoldWish & { readonly from: OnNode })[],
): ManifestAction {
  const concerned = wishes.filter(({ node }) => nodes.includes(node)).map((wish) => wish.from);
  const runtimes = [...new Set(concerned.map(({ view }) => runtimeWords(view)))].toSorted();
  const key =
    to === 'absent' ? 'why.release' : concerned.some(({ held }) => held.length > 0) ? 'why.regroup' : 'why.hold';
  return {
    kind: 'manifest',
    id: `manifest:${holdNamespace}/DaemonSet/${name}`,
    problem: problemId,
    cures: [...new Set(concerned.flatMap(({ cures }) => cures))],
    why: { key, params: { images: images.join(', '), nodes: nodes.join(', '), runtimes: runtimes.join(', ') } },
    object: { ...holdReference, namespace: holdNamespace, name },
    from,
    to,
  };
}

/** `containerd 1.6.21`; without an API server what is known of it. */
function runtimeWords({ node, store }: NodeView): string {
  const reported = reportedRuntime(node);
  const name = reported?.name ?? (store.state === 'seen' ? store.value.runtime : '');
  return reported?.version === undefined ? name : `${name} ${reported.version}`;
}

/** It is as it was asked for: said, and nobody's task. */
function alreadySo(plan: ProblemPlan): ProblemPlan {
  return { ...plan, refused: plan.refused.map((one) => ({ ...one, optional: true as const })) };
}

/** What was probably meant by a name that no node has. */
function nearTo({ about }: OnNode, image: string, evidence: Evidence): ProblemPlan {
  const near = nearImageOf(evidence, image);
  if (near === undefined) return nothingPlanned;
  return { actions: [], refused: [{ fingerprint: about, key: 'refused.near-image', params: { image, ...near } }] };
}

function refusal({ about, view }: OnNode, why: string, images: readonly string[]): ProblemPlan {
  if (images.length === 0) return nothingPlanned;
  const params = { images: images.join(', '), runtime: runtimeWords(view) };
  return { actions: [], refused: [{ fingerprint: about, key: `refused.${why}`, params }] };
}
