import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { expectedType, schemaAt, type KeyPath, type SchemaNode } from './expected-type.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A value that holds to its schema, and where in the file its parts are. */
export interface CheckedYaml<T> {
  readonly value: T;
  /** One-based line of a key or item; of its nearest parent when it is not there. */
  readonly lineOf: (path: KeyPath) => number;
}

/**
 * Reads YAML (or JSON, which is YAML) and checks it. Of several faults the first in the file is told.
 * @throws NodemendError YAML_SYNTAX_INVALID, YAML_KEY_UNKNOWN, YAML_VALUE_INVALID; messages never quote values, which
 *   may be secrets
 */
export function readCheckedYaml<Schema extends z.ZodType>(
  file: TextFile,
  schema: Schema,
): CheckedYaml<z.output<Schema>> {
  const lines = new LineCounter();
  const document = parsed(file, lines);
  const [fault] = document.errors;
  if (fault)
    throw new NodemendError('YAML_SYNTAX_INVALID', {
      path: file.path,
      line: lines.linePos(fault.pos[0]).line,
      fault: fault.code,
    });
  const lineOf = (path: KeyPath): number => lines.linePos(offsetOf(document, path)).line;
  const result = schema.safeParse(valueOf(document, file.path) ?? {}, { reportInput: true });
  if (result.success) return { value: result.data, lineOf };
  const faults = result.error.issues
    .flatMap(faultsOf)
    .toSorted((a, b) => lineOf(a.path) - lineOf(b.path) || rank[a.kind] - rank[b.kind]);
  throw faultError(
    file.path,
    faults[0] ?? { kind: 'value', path: [] },
    lineOf,
    z.toJSONSchema(schema, { unrepresentable: 'any' }) as SchemaNode,
  );
}

/** What is nested deeper than the stack reaches makes the library throw. */
function parsed({ path, text }: TextFile, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false });
  } catch (cause) {
    throw new NodemendError('YAML_SYNTAX_INVALID', { path, line: 1, fault: 'TOO_DEEP' }, { cause });
  }
}

function valueOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    // Aliases without an anchor, or so many that they would fill the memory.
    throw new NodemendError('YAML_SYNTAX_INVALID', { path, line: 1, fault: 'ALIAS' });
  }
}

/** On one line a misspelt key is told before the key that it makes missing. */
const rank = { key: 0, missing: 1, value: 2 } as const;

interface Fault {
  readonly kind: 'key' | 'value' | 'missing';
  readonly path: KeyPath;
}

function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ kind: 'key', path: [...path, key] }));
  return [{ kind: issue.code === 'invalid_type' && issue.input === undefined ? 'missing' : 'value', path }];
}

function faultError(
  path: string,
  fault: Fault,
  lineOf: CheckedYaml<unknown>['lineOf'],
  root: SchemaNode,
): NodemendError {
  const place = { path, line: lineOf(fault.path), key: dotted(fault.path) };
  if (fault.kind === 'key') {
    const known = Object.keys(schemaAt(root, fault.path.slice(0, -1))?.properties ?? {});
    const suggestion = nearestName(String(fault.path.at(-1)), known);
    return new NodemendError('YAML_KEY_UNKNOWN', {
      ...place,
      known: known.join(', '),
      ...(suggestion ? { context: 'near', suggestion } : {}),
    });
  }
  const expected = expectedType(schemaAt(root, fault.path) ?? {});
  return new NodemendError('YAML_VALUE_INVALID', {
    ...place,
    expected,
    ...(fault.kind === 'missing' ? { context: 'missing' } : {}),
  });
}

/** `nodeGroups[1].port`, as people write paths; the whole file is `.`. */
function dotted(path: KeyPath): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text.replace(/^\./, '') || '.';
}

/** Offset of the key (or of the item) that a path names, else of the nearest parent that is there. */
function offsetOf(document: Document, path: KeyPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOfStep(document, path.slice(0, length));
    if (offset !== undefined) return offset;
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfStep(document: Document, path: KeyPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)))
    : undefined;
  const node = pair?.key ?? document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
