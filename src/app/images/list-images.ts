import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { movedTags, type MovedTags } from '../../images/moved-tags.ts';
import { neededByNode } from '../../images/needed-images.ts';
import { presenceFacts } from '../../images/presence.ts';
import { nodeView, type NodeView } from '../../images/node-view.ts';
import { replacedTags, type ReplacedTags } from '../../images/replaced-tags.ts';
import type { Finding, Problem } from '../../problems/problem.ts';
import { collect, withOpened } from '../evidence/collect.ts';
import { evidenceFromBundle } from '../evidence/from-bundle.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';

export interface ListRequest {
  readonly session: Session;
  /** Evidence that was saved, instead of a look at the nodes. */
  readonly bundle?: string | undefined;
  readonly command: string;
}

/** What nodes need of images and what they have. */
export interface ImageListing {
  readonly evidence: Evidence;
  readonly views: readonly NodeView[];
  readonly moved: MovedTags;
  readonly replaced: ReplacedTags;
  /** What could not be seen of it, as a diagnosis says it. */
  readonly unknown: readonly Finding[];
}

/** @throws NodemendError ACCESS_NOT_ASKED where no way to nodes is named; BUNDLE_…, API_… */
export async function listImages(
  { session, bundle, command }: ListRequest,
  ports: Ports & Loaded,
): Promise<ImageListing> {
  const { problems } = ports;
  const asked = problems.map((problem) => ({ ...problem, facts: [...problem.facts, ...presenceFacts] }));
  const evidence =
    bundle === undefined
      ? await withOpened(session, async (opened) => {
          if (!opened.transport) throw new NodemendError('ACCESS_NOT_ASKED', { command });
          return (await collect(session, opened, asked, ports)).evidence;
        })
      : await evidenceFromBundle(bundle, problems);
  return imageListing(evidence, problems);
}

/** When a collection would take something is the diagnosis's to say: a list does not depend on it. */
const ofTheFuture = 'risk-unknown';

function imageListing(evidence: Evidence, problems: readonly Pick<Problem, 'diagnose'>[]): ImageListing {
  const needed = neededByNode(evidence);
  const views = evidence.nodes.map((node) => nodeView(node, evidence, needed));
  const unknown = problems
    .flatMap(({ diagnose }) => diagnose(evidence))
    .filter(({ status, rule }) => status === 'unknown' && rule !== ofTheFuture);
  return { evidence, views, moved: movedTags(views), replaced: replacedTags(views, evidence), unknown };
}
