import type { FindSuccessor, Successor } from '../registry/successor.ts';
import type { ImageField } from './image-fields.ts';
import { literalPlace } from './literal-place.ts';
import type { FoundReference, ReferenceReason } from './reference.ts';
import type { RetiredPatterns } from './retired-patterns.ts';
import { scanText } from './scan-text.ts';
import { isText } from './yaml/is-text.ts';
import type { ScalarNode } from './yaml/tree.ts';

export interface Source {
  readonly text: string;
  readonly patterns: RetiredPatterns;
  readonly successorOf: FindSuccessor;
}

/** What an image field names. */
export function inField(source: Source, { node, part, registry }: ImageField): readonly FoundReference[] {
  const scalars = registry ? [registry, node] : [node];
  if (scalars.some(({ value }) => value.includes('{{')))
    return scalars.flatMap((scalar) => inText(source, scalar, 'template'));
  if (registry) return splitReference(source, registry, node);
  const successor = source.successorOf(node.value);
  if (successor === undefined) return inOther(source, node);
  return [
    part === 'name' ? told(source, node, 'kustomize-name', successor.reference) : become(source, node, successor),
  ];
}

/** Registry and repository in scalars of their own: what becomes of the whole is divided at its first slash. */
function splitReference(source: Source, registry: ScalarNode, repository: ScalarNode): readonly FoundReference[] {
  const whole = `${registry.value.replace(/\/$/, '')}/${repository.value}`;
  const successor = source.successorOf(whole);
  if (successor === undefined) return [...inOther(source, registry), ...inOther(source, repository)];
  if (successor.action === 'report')
    return [{ ...told(source, registry, successor.reason, successor.reference), whole }];
  const slash = successor.reference.indexOf('/');
  const parts = [
    [registry, successor.reference.slice(0, slash)],
    [repository, successor.reference.slice(slash + 1)],
  ] as const;
  return parts
    .filter(([node, value]) => node.value !== value)
    .map(([node, reference]) => ({ ...become(source, node, { action: 'change', reference }), whole }));
}

/** Keys whose text is for people; a host in it is only a mention. */
const prose = /^(?:descriptions?|summary|title|messages?|comments?|notes?|help|usage|docs?|documentation|changes)$/i;

/** A scalar that is not an image field: a command, an argument, a variable, JSON in a text may still name an image. */
export function inOther(source: Source, node: ScalarNode, key = ''): readonly FoundReference[] {
  if (!isText(node)) return [];
  if (node.value.includes('{{')) return inText(source, node, 'template');
  if (node.isBlock) return inText(source, node, 'block-scalar');
  if (source.patterns.names.hosts.includes(node.value)) return [told(source, node, 'not-an-image-field')];
  return /\s/.test(node.value) && prose.test(key) ? [] : inText(source, node, 'not-an-image-field');
}

function inText(source: Source, { start, end }: ScalarNode, reason: ReferenceReason): readonly FoundReference[] {
  return scanText(source.text.slice(start, end), { ...source, from: start, reason });
}

function become(source: Source, node: ScalarNode, successor: Successor): FoundReference {
  if (successor.action === 'report') return told(source, node, successor.reason, successor.reference);
  const place = literalPlace(source.text, node);
  if (place === undefined) return told(source, node, 'not-literal', successor.reference);
  return { ...place, old: node.value, new: successor.reference, action: 'change', reason: 'retired-registry' };
}

function told(
  { text }: Source,
  node: ScalarNode,
  reason: ReferenceReason,
  proposal: string | null = null,
): FoundReference {
  const place = literalPlace(text, node) ?? { start: node.start, end: node.end };
  return { ...place, old: node.value, new: proposal, action: 'report', reason };
}
