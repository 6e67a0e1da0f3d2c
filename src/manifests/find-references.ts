import { isCollection, isPair, isScalar, parseAllDocuments, visit, type Document, type Scalar } from 'yaml';
import type { FindSuccessor } from '../registry/successor.ts';
import { imageFields, shapeOf } from './image-fields.ts';
import type { FoundReference } from './reference.ts';
import { findInDockerfile, isDockerfile } from './dockerfile.ts';
import { scanMentions, scanText } from './scan-text.ts';
import { inField, inOther, type Source } from './scalar-references.ts';

export interface FindOptions {
  /** Path or name of the file: a kustomization and a Dockerfile may be told by it alone. */
  readonly file: string;
  readonly successorOf: FindSuccessor;
  /** Hosts in prose, URLs and comments too. */
  readonly mentions: boolean;
}

/**
 * Everything in the text of a file, mostly of YAML or JSON, that names a retired registry, in the order of the text, none within
 * another. Never throws: what cannot be read as YAML is looked through as text, and told only.
 */
export function findReferences(text: string, options: FindOptions): readonly FoundReference[] {
  const found = isDockerfile(options.file) ? findInDockerfile(text, options) : structured(text, options);
  const mentions = options.mentions ? scanMentions(text, options.successorOf) : [];
  return withoutCovered([...found, ...mentions].toSorted((a, b) => a.start - b.start || b.end - a.end));
}

/**
 * An alias names its anchor's scalar twice, and a mention is none where something better was said of the same place.
 */
function withoutCovered(sorted: readonly FoundReference[]): readonly FoundReference[] {
  const structural = sorted.filter(({ reason }) => reason !== 'mention');
  const kept: FoundReference[] = [];
  for (const reference of sorted) {
    const overlaps = (other: FoundReference): boolean => other.start < reference.end && reference.start < other.end;
    if (kept.some(overlaps) || (reference.reason === 'mention' && structural.some(overlaps))) continue;
    kept.push(reference);
  }
  return kept;
}

/** Jinja beside YAML, and Jsonnet: what the text says is known only when it was rendered. */
const templates = /\.(?:j2|jinja2?|tmpl|tpl|template|gotmpl|(?:lib|j)sonnet)$/i;

function structured(text: string, { file, successorOf }: FindOptions): readonly FoundReference[] {
  if (templates.test(file)) return scanText(text, { from: 0, reason: 'template', successorOf });
  const documents = parse(text);
  if (!/\.(?:ya?ml|json)$/i.test(file) && !documents?.some(({ contents }) => isCollection(contents)))
    return scanText(text, { from: 0, reason: 'other-format', successorOf });
  if (documents === undefined)
    return scanText(text, { from: 0, reason: text.includes('{{') ? 'template' : 'unparsable', successorOf });
  if (isTemplate(text, documents)) return scanText(text, { from: 0, reason: 'template', successorOf });
  if (documents.some((document) => document.has('sops')))
    return scanText(text, { from: 0, reason: 'encrypted', successorOf });
  return documents.flatMap((document) => inDocument({ text, successorOf }, document, file));
}

/** YAML 1.1 is what Kubernetes reads, and JSON is a part of it; keys that are there twice are Kubernetes' matter. */
function parse(text: string): readonly Document.Parsed[] | undefined {
  const documents = parsed(text);
  return documents?.every(({ errors }) => errors.length === 0) ? documents : undefined;
}

/** What is nested deeper than the stack reaches makes the library throw: it is looked through as text then. */
function parsed(text: string): readonly Document.Parsed[] | undefined {
  try {
    return parseAllDocuments(text, {
      version: '1.1',
      uniqueKeys: false,
      logLevel: 'silent',
      // Nobody reads them, and each costs a look through the lines before it.
      prettyErrors: false,
    });
  } catch {
    return undefined;
  }
}

/** An unquoted `{{ .Values.image }}` is a map to YAML. Within a scalar or a comment braces are only text. */
function isTemplate(text: string, documents: readonly Document.Parsed[]): boolean {
  if (!text.includes('{{')) return false;
  let found = false;
  for (const document of documents) {
    visit(document, {
      Map: (_, { range }) => {
        if (range && text.startsWith('{{', range[0])) found = true;
      },
    });
  }
  return found;
}

function inDocument(source: Source, document: Document.Parsed, file: string): readonly FoundReference[] {
  const fields = imageFields(document, shapeOf(document, file));
  const images = new Set<unknown>(fields.flatMap(({ node, registry }) => [node, registry]));
  const others: FoundReference[] = [];
  visit(document, {
    Scalar: (_, node, path) => {
      if (typeof node.value !== 'string' || images.has(node)) return;
      const parent = path.at(-1);
      const key = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : '';
      others.push(...inOther(source, node as Scalar<string>, key));
    },
  });
  return [...fields.flatMap((field) => inField(source, field)), ...others];
}
