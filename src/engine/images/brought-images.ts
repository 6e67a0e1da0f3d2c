import { mostDonors, type ArchiveSource, type ImageAction, type ImageRoom } from '../../actions/image/image-action.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { archivePlace, bytesOnDisk, headroomOf, inodesOnDisk } from '../../images/headroom.ts';
import { neededByNode } from '../../images/needed-images.ts';
import { imageNamed, type ImageName, type NodeImage, type NodeImages } from '../../images/node-images.ts';
import { runtimeView } from '../../images/runtime-view.ts';
import { nodeView, type NodeView } from '../../images/node-view.ts';
import type { TextParams } from '../../locales/translator.ts';
import { findingMaker } from '../../problems/kit/findings.ts';
import { fingerprint } from '../../problems/kit/fingerprint.ts';
import { joinedPlans, refusedPlan } from '../../problems/kit/plan-parts.ts';
import type { Finding, ProblemPlan } from '../../problems/problem.ts';
import { makePlan } from '../make-plan.ts';
import type { Plan } from '../plan.ts';

/** The word that stands for it in plans, run ids and texts. */
export const imagesId = 'images';

/** An image that nodes are to have, and the archive that it comes in. */
export interface BroughtImage {
  /** Written out, as kubelet asks for it. */
  readonly name: string;
  readonly digest: string;
  readonly configuration: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Of all that belongs to it. */
  readonly bytes: number;
  /** How many files it has, unpacked, where that is known. */
  readonly files?: number;
  readonly of: ArchiveSource['of'];
}

export interface Bringing {
  readonly evidence: Evidence;
  /** Nodes that are to have them; others are in the evidence, too. */
  readonly nodes: readonly string[];
  readonly images: readonly BroughtImage[];
}

export interface BroughtPlan {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

const rules = {
  wanted: { fail: 'low', pass: true, unknown: true, remedy: 'images' },
} as const;

const { trouble, pass, unknown } = findingMaker(imagesId, rules);

/**
 * What it takes that each node has each image under its name: what is there stays as it is, and no name that stands for
 * another image is moved. Pure and deterministic.
 * @throws NodemendError PLAN_UNBOUND
 */
export function planBroughtImages({ evidence, nodes, images }: Bringing): BroughtPlan {
  const needed = neededByNode(evidence);
  const wanted = new Set(nodes);
  const given = images.map((image) => withOthers(evidence, image));
  const parts = evidence.nodes
    .filter(({ name }) => wanted.has(name))
    .flatMap((node) => ofNode(nodeView(node, evidence, needed), given));
  const findings = parts.map(({ finding }) => finding);
  const plan = (): ProblemPlan => joinedPlans(parts.map((part) => part.plan));
  return { findings, plan: makePlan({ evidence, findings, problems: [{ meta: { id: imagesId, writes: [] }, plan }] }) };
}

/** What containerd gives is the same bytes from every node that has them. */
function withOthers(evidence: Evidence, image: BroughtImage): BroughtImage {
  const { of, name, digest, platform } = image;
  if ('file' in of || of.runtime !== 'containerd') return image;
  const others = evidence.nodes
    .filter((node) => node.name !== of.node)
    .flatMap((node) => {
      const { store } = runtimeView(node, undefined);
      if (store.state !== 'seen' || store.value.runtime !== 'containerd' || store.value.platform !== platform)
        return [];
      const as = imageNamed(store.value, name)?.as;
      return as?.content === 'whole' && as.digest === digest ? [node.name] : [];
    })
    .slice(0, mostDonors);
  return others.length === 0 ? image : { ...image, of: { ...of, others } };
}

interface Part {
  readonly finding: Finding;
  readonly plan: ProblemPlan;
  readonly takes: Takes;
}

/** Of the disk of images. */
interface Takes {
  readonly bytes: number;
  readonly inodes: number;
}

const takesNothing: Takes = { bytes: 0, inodes: 0 };

const nothing = { plan: { actions: [], refused: [] }, takes: takesNothing } as const satisfies Omit<Part, 'finding'>;

function ofNode(view: NodeView, images: readonly BroughtImage[]): readonly Part[] {
  const { store, node } = view;
  if (store.state !== 'seen') {
    const said = { rule: 'wanted', why: 'unseen', ...subjectOf(node.name) } as const;
    return [{ finding: unknown(said, store.state === 'unknown' ? store.reason : 'probe-failed'), ...nothing }];
  }
  let taken = takesNothing;
  return fitting(images, store.value).map((image) => {
    const part = ofImage(view, { store: store.value, image, taken });
    taken = { bytes: taken.bytes + part.takes.bytes, inodes: taken.inodes + part.takes.inodes };
    return part;
  });
}

/** Of a name that comes for several platforms, the one for this node. */
function fitting(images: readonly BroughtImage[], { platform }: NodeImages): readonly BroughtImage[] {
  const byName = Map.groupBy(images, ({ name }) => name);
  return [...byName.values()].flatMap((ones) => ones.find((one) => one.platform === platform) ?? ones[0] ?? []);
}

function subjectOf(name: string): Pick<Finding, 'subject' | 'evidence'> {
  return { subject: { kind: 'node', name }, evidence: [`${name}#containerd/images`] };
}

interface Wanted {
  readonly store: NodeImages;
  readonly image: BroughtImage;
  /** What the images before it take. */
  readonly taken: Takes;
}

function ofImage(view: NodeView, wanted: Wanted): Part {
  const { store, image } = wanted;
  const found = imageNamed(store, image.name);
  const params = { image: image.name, digest: image.digest };
  const said = { rule: 'wanted', params, ...subjectOf(view.node.name) } as const;
  if (found !== undefined && isThere(store, found, image))
    return { finding: named(pass({ ...said, why: 'there' }), image), ...nothing };
  const finding = named(trouble({ ...said, status: 'fail', why: 'lacking' }), image);
  const coming = unfit(wanted, found) ?? here(view, wanted) ?? comes(view, wanted);
  if ('why' in coming)
    return { finding, plan: refusedPlan([finding], coming.why, { ...params, ...coming.params }), takes: takesNothing };
  const takes = { bytes: coming.room.needed, inodes: coming.room.inodes?.needed ?? 0 };
  return { finding, plan: oneAction(actionOf(view, { ...wanted, finding }, coming)), takes };
}

interface Unfit {
  readonly why: string;
  readonly params: TextParams;
}

interface Named {
  readonly image: NodeImage;
  readonly as: ImageName;
}

/** Docker knows what it loaded by the digest of its configuration, and has no digest for its name. */
function isOf({ runtime }: NodeImages, { image: { id }, as }: Named, image: BroughtImage): boolean {
  return as.digest === image.digest || (runtime === 'docker' && id === image.configuration);
}

/** Whole, and the same: for a name without a digest also where it was only packed again, as docker does. */
function isThere(store: NodeImages, found: Named, image: BroughtImage): boolean {
  const isSame = isOf(store, found, image) || (found.image.id === image.configuration && !image.name.includes('@'));
  return isSame && found.as.content === 'whole';
}

/** Why this node cannot have it under this name. */
function unfit({ store, image }: Wanted, found: Named | undefined): Unfit | undefined {
  if (store.runtime === 'docker' && image.name.includes('@')) return { why: 'docker-digest', params: {} };
  if (store.platform !== image.platform) return { why: 'platform', params: { platform: image.platform } };
  if (found === undefined || isOf(store, found, image)) return undefined;
  return { why: 'taken', params: { found: found.as.digest ?? found.image.id ?? '?' } };
}

function comes(view: NodeView, { image: { bytes, files, of }, taken }: Wanted): Coming | Unfit {
  const known = headroomOf(view);
  if (known.state === 'unknown') return { why: 'room-unknown', params: {} };
  const { path, bytes: ofBytes, inodes } = known.headroom;
  const archive = archivePlace(view);
  const needed = bytesOnDisk(bytes);
  const neededBytes = needed + (archive.on === 'images' ? bytes : 0);
  const left = Math.floor(ofBytes.left - taken.bytes);
  if (left < neededBytes) return { why: 'room', params: { neededBytes, freeBytes: Math.max(left, 0), path } };
  if (archive.on === 'other' && archive.left < bytes) {
    const params = { neededBytes: bytes, freeBytes: archive.left, path: archive.path };
    return { why: 'room-archive', params };
  }
  const neededInodes = inodesOnDisk(bytes, files);
  const leftInodes = inodes === undefined ? neededInodes : inodes.left - taken.inodes;
  if (leftInodes < neededInodes)
    return { why: 'room-inodes', params: { neededInodes, freeInodes: Math.max(leftInodes, 0), path } };
  const room: ImageRoom = {
    path,
    needed,
    keepFree: ofBytes.keepFree,
    ...(inodes === undefined ? {} : { inodes: { needed: neededInodes, keepFree: inodes.keepFree } }),
    ...(archive.on === 'other' ? { archiveKeepFree: archive.keepFree } : {}),
  };
  return { source: { from: 'archive', of }, bytes, room };
}

/** One node has as many findings as images are wanted. */
function named(finding: Finding, { name }: BroughtImage): Finding {
  return { ...finding, fingerprint: fingerprint(imagesId, `wanted ${name}`, finding.subject) };
}

/** Each image is a change of its own: one that fails takes no other back. */
function oneAction(action: ImageAction): ProblemPlan {
  return { actions: [{ ...action, partOf: action.image }], refused: [] };
}

type Coming = Pick<ImageAction, 'source' | 'bytes' | 'room'>;

/** It has the image under another name, whole: nothing has to come. */
function here({ room }: NodeView, { store, image }: Wanted): Coming | undefined {
  const all = store.images.flatMap((one) => one.names.map((as) => ({ image: one, as })));
  const own = all.find(
    (one) => isOf(store, one, image) && one.as.content === 'whole' && !one.as.name.startsWith('sha256:'),
  )?.as;
  if (own === undefined || own.name === image.name) return undefined;
  const path = room.state === 'seen' ? room.value.path : folders[store.runtime];
  return { source: { from: 'node', name: own.name }, bytes: 0, room: { path, needed: 0, keepFree: 0 } };
}

function actionOf(
  { node: { name: node } }: NodeView,
  { store, image, finding }: Wanted & { readonly finding: Finding },
  coming: Coming,
): ImageAction {
  const { name, digest, configuration, platform, of } = image;
  const from = 'file' in of ? of.file : of.node;
  return {
    kind: 'image',
    id: `image:${node}:${name}`,
    problem: imagesId,
    node,
    cures: [finding.fingerprint],
    why: { key: `findings.wanted.${coming.source.from}`, params: { image: name, digest, from } },
    image: name,
    digest,
    configuration,
    platform,
    runtime: store.runtime,
    socket: sockets[store.runtime],
    was: imageNamed(store, name)?.as.digest ?? '',
    ...coming,
  };
}

const sockets = { containerd: '/run/containerd/containerd.sock', docker: '/var/run/docker.sock' } as const;

/** Where they keep images by default. */
const folders = { containerd: '/var/lib/containerd', docker: '/var/lib/docker' } as const;
