/**
 * A YAML document as far as image references need it, whoever read it: the library, or the reader of plain texts, which
 * is twenty times as fast. Places are UTF-16 units from the text's beginning.
 */
export type YamlNode = ScalarNode | MapNode | ListNode | AliasNode | undefined;

export interface ScalarNode {
  readonly kind: 'scalar';
  /** A number, a boolean or null as it is written, or near it. */
  readonly value: string;
  /** Where it stands, quotes included; of a block scalar, from its header on. */
  readonly start: number;
  readonly end: number;
  readonly isBlock: boolean;
  /** Absent where its characters have to say it (`isText`). */
  readonly text?: boolean | undefined;
}

export interface MapNode {
  readonly kind: 'map';
  readonly start: number;
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly target: YamlNode;
}

export interface YamlDocument {
  readonly root: YamlNode;
  /** Scalars that may name what is looked for, in the order of the text, with the key that they are the value of. */
  readonly candidates: readonly { readonly node: ScalarNode; readonly key: string }[];
}

/** Documents of a text, or that it is one only after a template was rendered: `{{` where YAML has a map. */
export type ReadYaml = readonly YamlDocument[] | 'template';
