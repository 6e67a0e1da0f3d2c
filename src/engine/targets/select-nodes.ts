import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { foldNodes } from './fold-nodes.ts';
import { expandNodes } from './node-set.ts';

/** What was asked for; absent parts do not narrow. Labels are matched by the API server itself, before this. */
export interface NodeSelection {
  /** `--nodes`: a node set. */
  readonly nodes?: string;
  readonly nodeGroup?: string;
  /** Only for the error's words. */
  readonly selector?: string;
}

interface Selectable {
  readonly name: string;
  readonly group?: string;
}

/**
 * Keeps the nodes that were asked for, in their own order. A name that does not exist is an error even when others do:
 * a run on "most of" what was typed is not what was meant.
 * @throws NodemendError NO_TARGETS, NODES_UNKNOWN, NODE_SET_INVALID
 */
export function selectNodes<Node extends Selectable>(
  nodes: readonly Node[],
  selection: NodeSelection,
): readonly Node[] {
  const wanted = selection.nodes === undefined ? undefined : new Set(expandNodes(selection.nodes));
  if (wanted) requireKnown([...wanted], nodes);
  const selected = nodes.filter(
    ({ name, group }) =>
      (wanted?.has(name) ?? true) && (selection.nodeGroup === undefined || group === selection.nodeGroup),
  );
  if (selected.length === 0) throw new NodemendError('NO_TARGETS', { selection: selectionText(selection) });
  return selected;
}

function requireKnown(wanted: readonly string[], nodes: readonly Selectable[]): void {
  const names = nodes.map(({ name }) => name);
  const known = new Set(names);
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const [first = ''] = unknown;
  const suggestion = unknown.length === 1 ? nearestName(first, names) : undefined;
  const params = { nodes: foldNodes(unknown), count: unknown.length };
  throw new NodemendError(
    'NODES_UNKNOWN',
    suggestion === undefined ? params : { ...params, context: 'near', suggestion },
  );
}

function selectionText({ nodes, nodeGroup, selector }: NodeSelection): string {
  const parts = [
    ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
    ...(nodeGroup === undefined ? [] : [`--node-group ${nodeGroup}`]),
    ...(selector === undefined ? [] : [`-l ${selector}`]),
  ];
  return parts.length === 0 ? '*' : parts.join(' ');
}
