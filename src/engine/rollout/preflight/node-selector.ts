import { holds, readRequirements, type LabelRequirement, type Labels } from '../../../kubernetes/label-selector.ts';
import { object, objects } from '../../../kubernetes/json-fields.ts';

/** Some terms of core/v1 NodeSelector, one of which has to hold. */
export type NodeSelector = readonly NodeSelectorTerm[];

interface NodeSelectorTerm {
  readonly labels: readonly LabelRequirement[];
  /** `metadata.name` is the only field there is. */
  readonly fields: readonly LabelRequirement[];
}

/** @returns undefined where nothing is asked for */
export function readNodeSelector(raw: unknown): NodeSelector | undefined {
  if (raw === undefined || raw === null) return undefined;
  return objects(object(raw)['nodeSelectorTerms']).map(({ matchExpressions, matchFields }) => ({
    labels: readRequirements(matchExpressions),
    fields: readRequirements(matchFields),
  }));
}

/** An empty term holds for no node (component-helpers/scheduling/corev1/nodeaffinity). */
export function selectsNode(
  selector: NodeSelector | undefined,
  node: { readonly name: string; readonly labels: Labels },
): boolean {
  if (selector === undefined) return true;
  return selector.some(
    ({ labels, fields }) =>
      labels.length + fields.length > 0 &&
      labels.every((requirement) => holds(requirement, node.labels[requirement.key])) &&
      fields.every((requirement) => requirement.key === 'metadata.name' && holds(requirement, node.name)),
  );
}
