import type { Evidence, NodeEvidence, Observed, UnknownReason } from '../../evidence/evidence.ts';
import { neededByNode, type NeededByNode } from '../../images/needed-images.ts';
import { imageNamed, type NodeImages } from '../../images/node-images.ts';
import type { Finding } from '../problem.ts';
import {
  alwaysPulledFindings,
  missingFindings,
  pinFindings,
  riskFindings,
  type NodeFindings,
} from './node-findings.ts';
import { waitingImages } from './missing.ts';
import { movedTags } from '../../images/moved-tags.ts';
import { replacedTags } from '../../images/replaced-tags.ts';
import { nodeView, type NodeView } from '../../images/node-view.ts';
import { acceptedEdit, holdsIn, type EditedHold } from '../../images/pins/edited-holds.ts';
import { foundHolds, heldOn } from '../../images/pins/hold-changes.ts';
import { holdNamespace } from '../../images/pins/image-hold.ts';
import { unobservedSnapshots } from './unobserved-snapshots.ts';
import { staleImages } from './pins/stale-pins.ts';
import { baseImagesAtRisk } from './risk.ts';
import { findings } from './rules.ts';
import { askedForView, isWithoutKubelet } from './without-kubelet.ts';

/** One finding about what pods need, and one at least for each node. */
export function diagnose(evidence: Evidence, earlier?: Evidence): readonly Finding[] {
  const needed = neededByNode(evidence);
  const all = evidence.nodes.map((node) => nodeView(node, evidence, needed));
  const views = all.map((view) => askedForView(view, evidence));
  const shared = {
    evidence,
    needed,
    waiting: waitingImages(evidence),
    moved: movedTags(all),
    replaced: replacedTags(all, evidence),
  };
  const viewBefore = viewsOf(earlier);
  return [
    needsFinding(needed),
    ...holdsFinding(evidence),
    ...snapshotsFinding(views),
    ...editedFindings(evidence),
    ...views.flatMap((view) => nodeFindings({ ...shared, view, before: viewBefore(view.node) })),
  ];
}

function needsFinding(needed: Observed<NeededByNode>): Finding {
  const base = { subject: { kind: 'cluster' }, evidence: ['cluster#pods'] } as const;
  if (needed.state === 'unknown') return findings.unknown({ rule: 'pods-unknown', ...base }, needed.reason);
  if (needed.state === 'not-looked-at')
    return findings.notLookedAt({ rule: 'pods-not-looked-at', ...base }, needed.enable);
  const images = new Set([...needed.value.values()].flat().map(({ name }) => name)).size;
  return findings.pass({ rule: 'needs-known', ...base, params: { images, nodes: needed.value.size } });
}

/** Which pods of nodemend's hold images is asked of the API server. */
function holdsFinding(evidence: Evidence): readonly Finding[] {
  const holds = foundHolds(evidence);
  if (evidence.cluster.state !== 'seen' || holds.state !== 'unknown') return [];
  const base = { subject: { kind: 'cluster' }, evidence: ['cluster#image-holds'] } as const;
  return [findings.unknown({ rule: 'holds-unknown', ...base }, holds.reason)];
}

/** Once for all nodes: it is so on every healthy one whose containerd drops layers. */
function snapshotsFinding(views: readonly NodeView[]): readonly Finding[] {
  const nodes = views.filter(
    (view) => view.store.state === 'seen' && unobservedSnapshots(view, view.store.value).length > 0,
  );
  if (nodes.length === 0) return [];
  return [
    findings.notLookedAt(
      {
        rule: 'snapshots-not-looked-at',
        subject: { kind: 'cluster' },
        evidence: nodes.map(({ node }) => `${node.name}#containerd/images`),
        params: { nodes: nodes.length },
      },
      'nodemend images list',
    ),
  ];
}

/** Each by itself: the DaemonSet is what somebody changed, on however many nodes. */
function editedFindings(evidence: Evidence): readonly Finding[] {
  const holds = holdsIn(evidence);
  if (holds.state !== 'seen') return [];
  return holds.value.edited.map(editedFinding);
}

function editedFinding({ name, why, made, fields, accepts, isAccepted }: EditedHold): Finding {
  const { images, nodes } = made ?? { images: [], nodes: [] };
  const base = {
    subject: { kind: 'workload', name: `DaemonSet/${name}`, namespace: holdNamespace },
    evidence: ['cluster#image-holds'],
    params: { name, images: images.join(', '), fields: shownFields(fields) },
    facts: { images, nodes, fields },
  } as const;
  if (isAccepted) return findings.pass({ rule: 'hold-accepted', ...base });
  const accept = `${acceptedEdit}=${accepts}`;
  return findings.trouble({
    ...base,
    rule: 'hold-edited',
    why: why === 'edited' && made === undefined ? 'unrecognizable' : why,
    status: 'warn',
    params: { ...base.params, accept },
    facts: { ...base.facts, ...(why === 'deleted' ? {} : { accept }) },
  });
}

/** It may have been rewritten as a whole. */
function shownFields(fields: readonly string[]): string {
  const shown = fields.slice(0, 2);
  return [...shown, ...(fields.length > shown.length ? ['…'] : [])].join(', ');
}

/** The same machine in earlier evidence: names and addresses are reused for other ones. */
function viewsOf(earlier: Evidence | undefined): (node: NodeEvidence) => NodeFindings['before'] {
  if (earlier === undefined) return () => undefined;
  const needed = neededByNode(earlier);
  const holds = foundHolds(earlier);
  const held = (name: string): readonly string[] => (holds.state === 'seen' ? heldOn(holds.value, name) : []);
  // From the end, so that of several that say the same the first one counts.
  const byMachine = new Map(earlier.nodes.toReversed().map((node) => [machineOf(node), node]));
  return (node) => {
    const machine = machineOf(node);
    const other = machine === '' ? undefined : byMachine.get(machine);
    return other && { view: nodeView(other, earlier, needed), at: earlier.collectedAt, held: held(other.name) };
  };
}

function machineOf({ access }: NodeEvidence): string {
  return access.state === 'seen' ? access.value.machineId : '';
}

function nodeFindings(input: NodeFindings): readonly Finding[] {
  const { view } = input;
  const { node, store } = view;
  const base = { subject: { kind: 'node', name: node.name }, evidence: evidenceOf(view) } as const;
  const isBare = isWithoutKubelet(view);
  // A node whose kubelet is down and a host that was never one look the same.
  if (isBare && view.needed.length === 0) return [findings.unknown({ rule: 'needs-unknown', ...base }, 'inconclusive')];
  if (store.state === 'not-looked-at')
    return [findings.notLookedAt({ rule: 'node-not-looked-at', ...base }, store.enable)];
  if (store.state === 'unknown')
    return [findings.unknown({ rule: 'node-unknown', why: 'images', ...base }, store.reason)];
  const unobserved = unobservedPart(input);
  if (isBare) return askedForFindings(input, { store: store.value, base, unobserved });
  const found = [
    ...sandboxFinding(view, base),
    ...missingFindings(input, store.value, base),
    ...alwaysPulledFindings(input, store.value, base),
    ...riskFindings(input, store.value, base),
    ...pinFindings(input, store.value, base),
    ...staleFinding(input, base),
    ...replacedFindings(input, base),
  ];
  // Needs other nodes to compare with. Whether the images are there does not: that is said with or without them.
  const moved = movedFinding(input, base);
  if (unobserved !== undefined)
    return [
      ...found,
      ...moved,
      findings.unknown({ rule: 'node-unknown', why: unobserved.why, ...base }, unobserved.reason),
    ];
  return found.length > 0 ? [...found, ...moved] : [...moved, fine(view, store.value, base)];
}

/** Where nothing removes images only what was asked for can be missing. */
function askedForFindings(
  input: NodeFindings,
  { store, base, unobserved }: { readonly store: NodeImages; readonly base: Base; readonly unobserved: Unobserved },
): readonly Finding[] {
  const found = [
    ...missingFindings(input, store, base),
    ...(unobserved === undefined
      ? []
      : [findings.unknown({ rule: 'node-unknown', why: unobserved.why, ...base }, unobserved.reason)]),
  ];
  return found.length > 0 ? found : [findings.pass({ rule: 'no-kubelet', ...base })];
}

type Unobserved = { readonly why: 'partly' | 'holds'; readonly reason: UnknownReason } | undefined;

/** Why it cannot be said that all is well, whatever else is: who the node is, or what it needs, could not be seen. */
function unobservedPart({ view: { node, hasKubelet, ...view }, needed, evidence }: NodeFindings): Unobserved {
  const [who] = [node.api, node.access, needed].filter((one) => one.state === 'unknown');
  if (who !== undefined) return { why: 'partly', reason: who.reason };
  if (node.api.state !== 'seen' && hasKubelet.state === 'unknown') return { why: 'partly', reason: hasKubelet.reason };
  if (isDoubtful(view)) return { why: 'partly', reason: 'unproven' };
  const holds = foundHolds(evidence);
  return holds.state === 'unknown' ? { why: 'holds', reason: holds.reason } : undefined;
}

/** An image is there by its name, and how much of it could not be told. */
function isDoubtful({ needed, store }: Pick<NodeView, 'needed' | 'store'>): boolean {
  return store.state === 'seen' && needed.some(({ name }) => imageNamed(store.value, name)?.as.content === 'unknown');
}

interface Base {
  readonly subject: { readonly kind: 'node'; readonly name: string };
  readonly evidence: readonly string[];
}

function evidenceOf({ node, store }: NodeView): readonly string[] {
  const section = store.state === 'seen' && store.value.runtime === 'docker' ? 'docker/images' : 'containerd/images';
  return [`${node.name}#${section}`, `${node.name}#disk/room`, `${node.name}#kubelet/configuration`, 'cluster#pods'];
}

function sandboxFinding({ sandbox }: NodeView, base: Base): readonly Finding[] {
  if (sandbox.state === 'known') return [];
  const { why, reason, candidates = [], gone } = sandbox;
  const namesOf = (inUse: boolean): string =>
    candidates
      .filter(({ isInUse }) => isInUse === inUse)
      .map(({ name }) => name)
      .join(', ');
  const params = { inUse: namesOf(true), configured: namesOf(false), ...(gone === undefined ? {} : { file: gone }) };
  const isTold = why === 'pending' && params.inUse !== '' && params.configured !== '';
  const said = isTold ? 'pending-told' : gone === undefined ? why : 'pending-gone';
  return [findings.unknown({ rule: 'sandbox-unknown', why: said, ...base, params }, reason)];
}

function staleFinding({ view, evidence }: NodeFindings, base: Base): readonly Finding[] {
  const images = staleImages(view, evidence);
  if (images.length === 0) return [];
  const params = { images: images.join(', ') };
  return [findings.trouble({ rule: 'pin-stale', status: 'warn', ...base, params, facts: { images } })];
}

function movedFinding({ moved, view }: NodeFindings, base: Base): readonly Finding[] {
  const names = moved.get(view.node.name) ?? [];
  if (names.length === 0) return [];
  const params = { images: names.join(', ') };
  return [findings.trouble({ rule: 'tag-moved', status: 'warn', ...base, params, facts: { images: names } })];
}

function replacedFindings({ replaced, view }: NodeFindings, base: Base): readonly Finding[] {
  const byState = Map.groupBy(replaced.get(view.node.name) ?? [], ({ state }) => state);
  const [others = [], doubtful = []] = [byState.get('other'), byState.get('unknown')];
  const paramsOf = (tags: typeof others) => ({ images: tags.map(({ name }) => name).join(', ') });
  return [
    ...(others.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'tag-replaced',
            status: 'warn',
            ...base,
            params: paramsOf(others),
            facts: { images: others.map(({ name, imageID }) => ({ name, running: imageID })) },
          }),
        ]),
    ...(doubtful.length === 0
      ? []
      : [findings.unknown({ rule: 'tag-unknown', ...base, params: paramsOf(doubtful) }, 'inconclusive')]),
  ];
}

function fine(view: NodeView, store: NodeImages, base: Base): Finding {
  const atRisk = baseImagesAtRisk(view, store);
  const params = { count: view.needed.length, images: atRisk.join(', ') };
  const unobserved = unobservedSnapshots(view, store);
  const facts = {
    runtime: store.runtime,
    images: view.needed.map(({ name }) => name),
    unprotected: atRisk,
    ...(unobserved.length > 0 && { snapshotsNotLookedAt: unobserved }),
  };
  return findings.pass({
    rule: 'images-fine',
    why: atRisk.length > 0 ? 'unprotected' : 'kept',
    ...base,
    params,
    facts,
  });
}
