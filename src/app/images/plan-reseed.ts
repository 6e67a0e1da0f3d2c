import type { PlannedChange } from '../plans/make-plan.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { FoundNodes } from '../session/session.ts';
import { brought, collectOf, givenBy, imageNames, requireArchives, type Asking } from './given-images.ts';

export interface ReseedRequest extends Asking {
  /** As they are typed. */
  readonly images: readonly string[];
  /** The node that has them. */
  readonly from: string;
}

/**
 * Plans to bring images of one node to the others that were asked for.
 * @throws NodemendError ACCESS_NOT_ASKED, IMAGE_NAME_INVALID, IMAGE_NOT_WHOLE_THERE; what collecting and reading throw
 */
export async function planReseed(request: ReseedRequest, ports: Ports & Loaded): Promise<PlannedChange> {
  const { session, opened, from } = request;
  const archives = requireArchives(opened);
  const names = imageNames(request.images);
  const asked = await session.findNodes(opened.api, ports.interrupt);
  const donor = await session.findNodes(opened.api, ports.interrupt, { nodes: from });
  const needy = without(asked, from);
  const collected = await collectOf(request, joinedNodes(needy, donor), ports);
  const images = await givenBy({ evidence: collected.evidence, node: from, names, archives });
  return brought({ collected: { ...collected, ...needy }, images });
}

function without({ nodes, targets }: FoundNodes, name: string): FoundNodes {
  return { nodes: nodes.filter((node) => node.name !== name), targets: targets.filter((one) => one.name !== name) };
}

function joinedNodes(a: FoundNodes, b: FoundNodes): FoundNodes {
  return { nodes: [...a.nodes, ...b.nodes], targets: [...a.targets, ...b.targets] };
}
