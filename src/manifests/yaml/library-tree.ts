import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments, visit, type Document, type Scalar } from 'yaml';
import type { ReadYaml, ScalarNode, YamlDocument, YamlNode } from './tree.ts';

/**
 * Reads YAML 1.1, which is what Kubernetes reads, and JSON, which is a part of it; keys that are there twice are
 * Kubernetes' matter. Never throws. @returns undefined for what is not YAML
 */
export function readWithLibrary(text: string, mayHold: (written: string) => boolean): ReadYaml | undefined {
  const documents = parsed(text);
  if (!documents?.every(({ errors }) => errors.length === 0)) return undefined;
  const trees = documents.map((document) => treeOf(document, (node) => isCandidate(node, text, mayHold)));
  return text.includes('{{') && trees.some(({ maps }) => maps.some((start) => text.startsWith('{{', start)))
    ? 'template'
    : trees;
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

/** An escape may hide it in the source, and a fold in the value. */
function isCandidate({ value, start, end }: ScalarNode, text: string, mayHold: (written: string) => boolean): boolean {
  return mayHold(value) || mayHold(text.slice(start, end));
}

interface LibraryDocument extends YamlDocument {
  /** Where maps begin. An unquoted `{{ .Values.image }}` is one; within a scalar or a comment braces are only text. */
  readonly maps: readonly number[];
}

function treeOf(document: Document.Parsed, isSought: (node: ScalarNode) => boolean): LibraryDocument {
  const nodes = new Map<unknown, YamlNode>();
  const candidates: { node: ScalarNode; key: string }[] = [];
  const maps: number[] = [];
  const anchored = new Map<string, unknown>();
  // An anchor may be given again: an alias means the last one before it. Asking the library looks through the text
  // again each time.
  const targets = new Map<unknown, unknown>();
  const anchor = (node: { readonly anchor?: string }): void => void (node.anchor && anchored.set(node.anchor, node));
  visit(document, {
    Alias: (_, alias) => void targets.set(alias, anchored.get(alias.source)),
    Seq: (_, list) => anchor(list),
    Map: (_, map) => {
      anchor(map);
      if (map.range) maps.push(map.range[0]);
    },
    Scalar: (_, scalar, path) => {
      anchor(scalar);
      const node = scalarOf(scalar);
      nodes.set(scalar, node);
      const parent = path.at(-1);
      const key = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : '';
      if (node.text === true && isSought(node)) candidates.push({ node, key });
    },
  });
  return { root: new Conversion(targets, nodes).nodeOf(document.contents), candidates, maps };
}

function scalarOf({ value, range, type }: Scalar): ScalarNode {
  return {
    kind: 'scalar',
    // The library reads the key `<<` of YAML 1.1 as a symbol of its own.
    value: typeof value === 'symbol' ? '<<' : String(value),
    start: range?.[0] ?? 0,
    end: range?.[1] ?? 0,
    isBlock: type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED',
    text: typeof value === 'string',
  };
}

/** Aliases may lead to what holds them: a collection is known before what is in it. */
class Conversion {
  readonly #targets: ReadonlyMap<unknown, unknown>;
  readonly #nodes: Map<unknown, YamlNode>;

  constructor(targets: ReadonlyMap<unknown, unknown>, nodes: Map<unknown, YamlNode>) {
    this.#targets = targets;
    this.#nodes = nodes;
  }

  nodeOf(from: unknown): YamlNode {
    if (isAlias(from)) return { kind: 'alias', target: this.nodeOf(this.#targets.get(from)) };
    return this.#nodes.get(from) ?? this.#collection(from);
  }

  #collection(from: unknown): YamlNode {
    if (isSeq(from)) {
      const items: YamlNode[] = [];
      this.#nodes.set(from, { kind: 'list', items });
      for (const item of from.items) items.push(this.nodeOf(item));
    } else if (isMap(from)) {
      const pairs: { key: YamlNode; value: YamlNode }[] = [];
      this.#nodes.set(from, { kind: 'map', start: from.range?.[0] ?? 0, pairs });
      for (const { key, value } of from.items) pairs.push({ key: this.nodeOf(key), value: this.nodeOf(value) });
    }
    return this.#nodes.get(from);
  }
}
