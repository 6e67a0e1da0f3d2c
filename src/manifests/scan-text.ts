import { retiredHosts, retiredPrefixes, type FindSuccessor } from '../registry/successor.ts';
import type { FoundReference, ReferenceReason } from './reference.ts';

const either = (texts: readonly string[]): string => texts.map((text) => RegExp.escape(text)).join('|');

/** What a template puts in: of Go and Jinja, of a shell, of Kubernetes and make. */
const placeholder = String.raw`\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\$\([^()\n]*\)`;
const hasPlaceholder = new RegExp(placeholder);

/** A transport of containers-transports(5), or the default of a shell variable: `docker://…`, `${IMAGE:-…}`. */
const before = String.raw`(?<=(?:docker|oci):\/\/|:-|\$\{\w+-)|(?<![\w./-])`;

/**
 * A retired prefix that begins a word, and all that can belong to a reference behind it, templates too; not the host of
 * another URL. A host alone counts where it is quoted: `default "k8s.gcr.io" .Values.registry`.
 */
const written = new RegExp(
  String.raw`(?:${before})(?:${either(retiredPrefixes)})(?:[\w./:@+-]|${placeholder})*` +
    String.raw`|(?<=(["']))(?:${either(retiredHosts)})(?=\1)`,
  'g',
);

/** The hosts themselves, wherever they stand. */
const mentioned = new RegExp(
  String.raw`(?<![\w.-])(?:(?:${either(retiredHosts)})(?![\w-]|\.\w)|(?:${either(retiredPrefixes)}))[\w./:@+-]*`,
  'g',
);

export interface Scan {
  /** Where the text begins in the file. */
  readonly from: number;
  readonly reason: ReferenceReason;
  readonly successorOf: FindSuccessor;
}

/** Image references in a text that is not read any further: they are told, never changed. */
export function scanText(text: string, scan: Scan): readonly FoundReference[] {
  return [...text.matchAll(written)].map((match) => told(match, scan));
}

/** And hosts alone, and in addresses. */
export function scanMentions(text: string, successorOf: FindSuccessor): readonly FoundReference[] {
  return [...text.matchAll(mentioned)].map((match) => told(match, { from: 0, reason: 'mention', successorOf }));
}

/** What a reference should be, its placeholders kept as they are. */
function proposalFor(old: string, successorOf: FindSuccessor): string | null {
  const parts = [...old.matchAll(new RegExp(placeholder, 'g'))].map(([part]) => part);
  // Each stands for something that a name, a tag and a digest may hold.
  const stand = (index: number): string => `nodemend0placeholder${index}x`;
  const written = parts.reduce((text, part, index) => text.replace(part, stand(index)), old);
  const reference = successorOf(written)?.reference;
  return reference === undefined
    ? null
    : parts.reduce((text, part, index) => text.replace(stand(index), () => part), reference);
}

function told({ 0: match, index }: RegExpExecArray, { from, reason, successorOf }: Scan): FoundReference {
  // A full stop, a colon or a slash that ends a word belongs to the sentence.
  const old = match.replace(/[.:/@+-]+$/, '');
  const start = from + index;
  return {
    start,
    end: start + old.length,
    old,
    new: proposalFor(old, successorOf),
    action: 'report',
    reason: reason !== 'mention' && reason !== 'encrypted' && hasPlaceholder.test(old) ? 'template' : reason,
  };
}
