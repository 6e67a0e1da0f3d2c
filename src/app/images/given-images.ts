import { imagesId, planBroughtImages, type BroughtImage } from '../../engine/images/brought-images.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Evidence, Observed } from '../../evidence/evidence.ts';
import { imagesThere } from '../../images/images-there.ts';
import { storedName } from '../../images/needed-images.ts';
import { namesIn, nearImage } from '../../images/near-image.ts';
import { imageNamed, type NodeImages } from '../../images/node-images.ts';
import { imagesOn } from '../../images/runtime-view.ts';
import { collect, type Collected, type OpenedSession } from '../evidence/collect.ts';
import { isNks, type PlannedChange } from '../plans/make-plan.ts';
import { planScope } from '../plans/plan-scope.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { FoundNodes, Session } from '../session/session.ts';
import { savedImage } from './saved-image.ts';
import type { SessionArchives } from './session-archives.ts';

export interface Asking {
  readonly session: Session;
  readonly opened: OpenedSession;
}

/** @throws NodemendError ACCESS_NOT_ASKED */
export function requireArchives({ transport, archives }: OpenedSession): SessionArchives {
  if (transport === undefined || archives === undefined)
    throw new NodemendError('ACCESS_NOT_ASKED', { command: imagesId });
  return archives;
}

/** As kubelet asks for them, each once. @throws NodemendError IMAGE_NAME_INVALID */
export function imageNames(typed: readonly string[]): readonly string[] {
  return [
    ...new Set(
      typed.map((image) => {
        const name = storedName(image);
        if (name === undefined) throw new NodemendError('IMAGE_NAME_INVALID', { image });
        return name;
      }),
    ),
  ];
}

/** What these nodes have of images. */
export function collectOf({ session, opened }: Asking, found: FoundNodes, ports: Ports & Loaded): Promise<Collected> {
  return collect({ ...session, findNodes: () => Promise.resolve(found) }, opened, ports.problems, ports);
}

/** The plan that brings images to nodes, in the form of every plan. */
export function brought({
  collected,
  images,
}: {
  readonly collected: Collected;
  readonly images: readonly BroughtImage[];
}): PlannedChange {
  const { evidence } = collected;
  const nodes = collected.nodes.map(({ name }) => name);
  const { plan, findings } = planBroughtImages({ evidence, nodes, images });
  const asked = [{ meta: { id: imagesId } }];
  const scope = planScope({ evidence, findings, muted: [], plan, asked, remedies: new Set() });
  const targets = { ...evidence, nodes: evidence.nodes.filter(({ name }) => nodes.includes(name)) };
  const there = imagesThere(targets, new Set(images.map(({ name }) => name)));
  return { ...collected, plan, scope: { ...scope, there }, nks: isNks(evidence) };
}

interface Giving {
  readonly evidence: Evidence;
  readonly node: string;
  readonly names: readonly string[];
  readonly archives: SessionArchives;
}

/** @throws NodemendError IMAGE_NOT_WHOLE_THERE; what reading of docker throws */
export async function givenBy({ evidence, node, names, archives }: Giving): Promise<readonly BroughtImage[]> {
  const store = storeOf(evidence, node);
  const images: BroughtImage[] = [];
  for (const name of names) {
    const { image, digest, bytes } = wholeImage(store, name, node);
    const { runtime, platform = '' } = store;
    const of = { node, runtime } as const;
    const known = { name, configuration: image, platform, of };
    if (runtime === 'containerd') {
      const files = await (await archives.get()).files(node, { digest, platform }).catch(() => undefined);
      images.push({ ...known, digest, bytes, ...(files === undefined ? {} : { files }) });
      continue;
    }
    const saved = await savedImage({ archives, node, id: image, platform });
    images.push({ ...known, digest: saved.digest, bytes: saved.bytes });
  }
  return images;
}

/** @throws NodemendError IMAGES_NOT_LISTED */
function storeOf(evidence: Evidence, name: string): NodeImages {
  const seen = storeIn(evidence, name);
  if (seen !== undefined) return seen;
  const store = observed(evidence, name);
  const detail = store === undefined || store.state !== 'unknown' ? '-' : (store.detail ?? store.reason);
  throw new NodemendError('IMAGES_NOT_LISTED', { node: name, detail });
}

/** What a node has of images, where it could be listed and its platform is known. */
export function storeIn(evidence: Evidence, name: string): NodeImages | undefined {
  const store = observed(evidence, name);
  return store?.state === 'seen' && store.value.platform !== undefined ? store.value : undefined;
}

function observed(evidence: Evidence, name: string): Observed<NodeImages> | undefined {
  const node = evidence.nodes.find((one) => one.name === name);
  return node && imagesOn(node);
}

/** In the words of the error. */
const contexts: Readonly<Record<string, string>> = { 'without-layers': 'unpacked', 'other-platform': 'platform' };

function notWhole(
  params: Readonly<Record<'node' | 'image' | 'content', string>>,
  suggestion: string | undefined,
): NodemendError {
  const context = contexts[params.content] ?? params.content;
  if (context === 'absent' && suggestion !== undefined)
    return new NodemendError('IMAGE_NOT_WHOLE_THERE', { ...params, context: 'absentNear', suggestion });
  return new NodemendError('IMAGE_NOT_WHOLE_THERE', { ...params, context });
}

interface WholeImage {
  /** Its id. */
  readonly image: string;
  readonly digest: string;
  readonly bytes: number;
}

/** @throws NodemendError IMAGE_NOT_WHOLE_THERE */
function wholeImage(store: NodeImages, name: string, node: string): WholeImage {
  const found = imageNamed(store, name);
  const { id, bytes } = found?.image ?? {};
  const content = found?.as.content ?? 'absent';
  const isGiven = content === 'whole' && id !== undefined && bytes !== undefined;
  if (!isGiven) throw notWhole({ node, image: name, content }, nearImage(name, namesIn(store)));
  return { image: id, digest: found?.as.digest ?? '', bytes };
}
