import { Schema } from 'yaml';
import type { YamlNode, ScalarNode } from './tree.ts';

/**
 * The library's own words for what an unquoted scalar of YAML 1.1 is, in its order: the first that takes it decides.
 */
const others: readonly RegExp[] = new Schema({ schema: 'yaml-1.1' }).tags.flatMap((tag) =>
  'test' in tag && tag.default === true && tag.test ? [tag.test] : [],
);

/** Words that are not text have five letters at most (`false`); all else that is none begins with another character. */
const word = /^[A-Za-z][^]{5}/;

/** Whether a node is a text to YAML: `web` and `"1"` are, `1`, `yes` and `~` are not. */
export function isText(node: YamlNode): node is ScalarNode {
  return (
    node?.kind === 'scalar' &&
    (node.text ?? (word.test(node.value) || !others.some((pattern) => pattern.test(node.value))))
  );
}
