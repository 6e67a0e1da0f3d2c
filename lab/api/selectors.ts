import { textAt, type KubeObject } from './objects.ts';
import { badRequest, type Refusal } from './status.ts';

export type Matches = (object: KubeObject) => boolean;

/** `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas, as kubectl's `-l` takes them. */
export function labelSelector(text: string): Matches | Refusal {
  const parts = splitOutsideParentheses(text).map(labelRequirement);
  const wrong = parts.findIndex((part) => part === undefined);
  if (wrong >= 0) return badRequest(`unable to parse requirement: ${text}`);
  return (object) => parts.every((part) => part?.(object) ?? false);
}

function labelRequirement(text: string): Matches | undefined {
  const label = (object: KubeObject, key: string): string | undefined => object.metadata.labels?.[key];
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const isIn: Matches = (object) => values.includes(label(object, key) ?? '\0');
    return operator === 'in' ? isIn : (object) => !isIn(object);
  }
  const equality = /^([\w./-]+)\s*(=|==|!=)\s*([\w.-]*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return operator === '!=' ? (object) => label(object, key) !== value : (object) => label(object, key) === value;
  }
  const exists = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (!exists) return undefined;
  const [, not, key = ''] = exists;
  return (object) => (label(object, key) === undefined) === (not === '!');
}

/** `spec.nodeName=x`, `metadata.name!=y`, joined by commas; a field that is not there is the empty text. */
export function fieldSelector(text: string): Matches | Refusal {
  const parts = text.split(',').map((part) => /^([\w.]+)(==|=|!=)(.*)$/.exec(part));
  if (parts.includes(null)) return badRequest(`invalid field selector: ${text}`);
  return (object) =>
    parts.every((part) => {
      const [, path = '', operator, value] = part ?? [];
      const equal = textAt(object, path) === value;
      return operator === '!=' ? !equal : equal;
    });
}

function splitOutsideParentheses(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
