/** The parts of a JSON Schema that the configuration uses. */
export interface SchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

export type KeyPath = readonly (string | number)[];

/** Where a path of keys and indexes leads in a schema; undefined where it knows nothing. */
export function schemaAt(root: SchemaNode, path: KeyPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) node = node && childOf(node, step);
  return node;
}

function childOf(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (node.anyOf) return node.anyOf.map((one) => childOf(one, step)).find((one) => one !== undefined);
  return typeof step === 'number' ? node.items : node.properties?.[step];
}

/**
 * What a value has to look like, in a notation that needs no translation: `integer 1..65535`, `ssh | local`, `[path,
 * …]`, `{…}`. Used by error messages and by the reference page alike.
 */
export function expectedType(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(expectedType).join(' | ');
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values) return values.join(' | ');
  if (node.type === 'integer') return integerType(node);
  if (node.type === 'array') return `[${expectedType(node.items ?? {})}, …]`;
  return node.type === 'object' ? '{…}' : textType(node);
}

function textType({ title, examples, type }: SchemaNode): string {
  return title ?? examples?.[0] ?? type ?? '…';
}

/** Bounds that are only those of a JavaScript integer say nothing. */
function integerType({ minimum, maximum }: SchemaNode): string {
  const [low, high] = [minimum ?? Number.MIN_SAFE_INTEGER, maximum ?? Number.MAX_SAFE_INTEGER];
  if (high < Number.MAX_SAFE_INTEGER) return `integer ${low}..${high}`;
  return low > Number.MIN_SAFE_INTEGER ? `integer ${low}..` : 'integer';
}
