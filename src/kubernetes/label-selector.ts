import { object, objects, text } from './json-fields.ts';

export type Labels = Readonly<Record<string, string>>;

/** One condition on a label; all of a selector's have to hold. `Gt` and `Lt` are of node selectors alone. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/**
 * A label selector of meta/v1 (apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector).
 * @returns undefined for none at all, which selects nothing; an empty one selects everything
 */
export function readLabelSelector(raw: unknown): readonly LabelRequirement[] | undefined {
  if (raw === undefined || raw === null) return undefined;
  const selector = object(raw);
  const labels = Object.entries(object(selector['matchLabels'])).map(([key, value]): LabelRequirement => ({
    key,
    operator: 'In',
    values: [text(value)],
  }));
  return [...labels, ...readRequirements(selector['matchExpressions'])];
}

export function readRequirements(raw: unknown): readonly LabelRequirement[] {
  return objects(raw).map(({ key, operator, values }) => ({
    key: text(key),
    operator: text(operator),
    values: Array.isArray(values) ? values.map(text) : [],
  }));
}

export function selects(selector: readonly LabelRequirement[] | undefined, labels: Labels): boolean {
  return selector !== undefined && selector.every((requirement) => holds(requirement, labels[requirement.key]));
}

/** apimachinery pkg/labels/selector.go, Requirement.Matches; an operator that it does not know holds for nothing. */
export function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return compares(operator, value, values);
  }
}

const integer = /^[+-]?\d+$/u;

function compares(operator: string, value: string | undefined, [bound = '', ...more]: readonly string[]): boolean {
  if (value === undefined || more.length > 0 || !integer.test(value) || !integer.test(bound)) return false;
  if (operator === 'Gt') return Number(value) > Number(bound);
  return operator === 'Lt' && Number(value) < Number(bound);
}
