import type { Evidence } from '../../evidence/evidence.ts';
import { storedName } from '../../images/needed-images.ts';
import type { NodeView } from '../../images/node-view.ts';

/** A host that only a hosts file names and on which no kubelet runs: nothing removes images there, and no pod needs one. */
export function isWithoutKubelet({ node, hasKubelet }: Pick<NodeView, 'node' | 'hasKubelet'>): boolean {
  const isNone = node.api.state === 'not-looked-at' && node.access.state === 'seen';
  return isNone && hasKubelet.state === 'seen' && !hasKubelet.value;
}

/** Of such a host with what somebody asked for alone, by its name or for a version to come; of all others as it is. */
export function askedForView(view: NodeView, { scope }: Evidence): NodeView {
  if (!isWithoutKubelet(view)) return view;
  const names = new Set(scope.neededImages?.map(storedName));
  const needed = view.needed.filter(({ name, wanted }) => names.has(name) || wanted.some(({ by }) => by === 'version'));
  return { ...view, needed };
}
