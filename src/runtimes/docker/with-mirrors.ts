import { parseTree } from 'jsonc-parser';
import { valueOf } from './daemon-config.ts';
import { replaced, valueText, withProperty } from './edit-json.ts';

const option = 'registry-mirrors';

/** dockerd's configuration with these mirrors before those that it has. Every other byte stays. */
export function withMirrors(content: string, urls: readonly string[]): string {
  const root = parseTree(content);
  // Nothing is planned for what is not a JSON object.
  if (root?.type !== 'object') return content;
  const present = valueOf(root, option);
  const kept = (present?.type === 'array' ? (present.children ?? []) : [])
    .map(({ value }) => String(value))
    .filter((url) => !urls.some((wanted) => isSame(url, wanted)));
  const wanted = [...urls, ...kept];
  return present === undefined
    ? withProperty(content, root, option, wanted)
    : replaced(content, present, valueText(content, root, wanted));
}

/** dockerd takes a mirror with a slash at its end and without. */
export function isSame(url: string, other: string): boolean {
  return url.replace(/\/$/u, '') === other.replace(/\/$/u, '');
}
