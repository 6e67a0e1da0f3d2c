import type { FindSuccessor } from '../registry/successor.ts';
import { findInDockerfile, isDockerfile } from './dockerfile.ts';
import { imageFields, shapeOf } from './image-fields.ts';
import type { FoundReference, ReferenceReason } from './reference.ts';
import type { RetiredPatterns } from './retired-patterns.ts';
import { inField, inOther, type Source } from './scalar-references.ts';
import { scanMentions, scanText } from './scan-text.ts';
import { readWithLibrary } from './yaml/library-tree.ts';
import { readPlainYaml } from './yaml/plain-reader.ts';
import type { ReadYaml, YamlDocument } from './yaml/tree.ts';

export interface FindOptions {
  /** Path or name of the file: a kustomization and a Dockerfile may be told by it alone. */
  readonly file: string;
  readonly patterns: RetiredPatterns;
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
  const mentions = options.mentions ? scanMentions(text, options) : [];
  return [...apart(found), ...outside(mentions, found)].toSorted(byPlace);
}

const byPlace = (a: FoundReference, b: FoundReference): number => a.start - b.start || b.end - a.end;

/** An alias names its anchor's scalar twice. */
function apart(found: readonly FoundReference[]): readonly FoundReference[] {
  let end = 0;
  return found.toSorted(byPlace).filter((reference) => {
    if (reference.start < end) return false;
    end = Math.max(end, reference.end);
    return true;
  });
}

/** A mention is none where something better was said of the same place. */
function outside(mentions: readonly FoundReference[], found: readonly FoundReference[]): readonly FoundReference[] {
  const sorted = found.toSorted(byPlace);
  let [next, end] = [0, 0];
  return mentions.filter((mention) => {
    for (let other = sorted[next]; other && other.start < mention.end; other = sorted[++next])
      end = Math.max(end, other.end);
    return end <= mention.start;
  });
}

/** Jinja beside YAML, and Jsonnet: what the text says is known only when it was rendered. */
const templates = /\.(?:j2|jinja2?|tmpl|tpl|template|gotmpl|(?:lib|j)sonnet)$/i;

function structured(text: string, options: FindOptions): readonly FoundReference[] {
  const { file } = options;
  const asText = (reason: ReferenceReason): readonly FoundReference[] =>
    scanText(text, { ...options, from: 0, reason });
  if (templates.test(file)) return asText('template');
  const isYaml = /\.(?:ya?ml|json)$/i.test(file);
  const documents = read(text, options);
  if (!isYaml && (documents === undefined || documents === 'template' || !documents.some(isCollection)))
    return asText('other-format');
  if (documents === undefined) return asText(text.includes('{{') ? 'template' : 'unparsable');
  if (documents === 'template') return asText('template');
  if (documents.some(isSealed)) return asText('encrypted');
  return documents.flatMap((document) => inDocument({ ...options, text }, document, file));
}

function read(text: string, { patterns: { needle, needles } }: FindOptions): ReadYaml | undefined {
  return readPlainYaml(text, placesOf(needles, text)) ?? readWithLibrary(text, (written) => needle.test(written));
}

/** As `matchAll` gives them, without an array for each. */
function placesOf(needles: RegExp, text: string): readonly number[] {
  const places: number[] = [];
  needles.lastIndex = 0;
  while (needles.test(text)) places.push(needles.lastIndex - 1);
  return places;
}

const isCollection = ({ root }: YamlDocument): boolean => root?.kind === 'map' || root?.kind === 'list';

/** By SOPS: any change breaks the seal. */
const isSealed = ({ root }: YamlDocument): boolean =>
  root?.kind === 'map' && root.pairs.some(({ key }) => key?.kind === 'scalar' && key.value === 'sops');

function inDocument(source: Source, { root, candidates }: YamlDocument, file: string): readonly FoundReference[] {
  const fields = imageFields(root, shapeOf(root, file));
  const images = new Set<unknown>(fields.flatMap(({ node, registry }) => [node, registry]));
  return [
    ...fields.flatMap((field) => inField(source, field)),
    ...candidates.flatMap(({ node, key }) => (images.has(node) ? [] : inOther(source, node, key))),
  ];
}
