import { parseTree, type Node } from 'jsonc-parser';
import { valueOf } from './daemon-config.ts';

/** The limits that nodemend gives: what kubelet keeps on other runtimes (containerLogMaxSize 10Mi, containerLogMaxFiles 5). */
export const wantedLimits = { 'max-size': '10m', 'max-file': '5' } as const;

/** A file for a daemon that has none. */
export const newDaemonFile = `${JSON.stringify({ 'log-opts': wantedLimits }, undefined, 2)}\n`;

/**
 * The configuration with a limit for new containers in it. Every other byte stays: what is there is not formatted anew, and what
 * is added looks like its neighbours.
 */
export function withLogOpts(content: string): string {
  const root = parseTree(content);
  if (root?.type !== 'object') throw new Error('the content is no JSON object');
  const opts = valueOf(root, 'log-opts');
  if (opts === undefined) return insert(content, root, 'log-opts', wantedLimits);
  if (opts.type !== 'object') return replaced(content, opts, layoutOf(content, root).value(wantedLimits));
  const size = valueOf(opts, 'max-size');
  const sized = size === undefined ? insert(content, opts, 'max-size', wantedLimits['max-size']) : replaced(content, size, JSON.stringify(wantedLimits['max-size']));
  const now = valueOf(parseTree(sized), 'log-opts');
  // A number of files that somebody chose stays.
  return now === undefined || valueOf(now, 'max-file') !== undefined ? sized : insert(sized, now, 'max-file', wantedLimits['max-file']);
}

function replaced(content: string, { offset, length }: Node, by: string): string {
  return content.slice(0, offset) + by + content.slice(offset + length);
}

/** Behind the last property of an object. */
function insert(content: string, object: Node, name: string, value: unknown): string {
  const last = object.children?.at(-1);
  const layout = layoutOf(content, object);
  const property = `${JSON.stringify(name)}${layout.colon}${layout.value(value)}`;
  if (last !== undefined) {
    const end = last.offset + last.length;
    return `${content.slice(0, end)},${layout.before}${property}${content.slice(end)}`;
  }
  return replaced(content, object, `{${layout.before}${property}${layout.after}}`);
}

interface Layout {
  /** What stands before a property: a line's end and its indentation, or a blank, or nothing. */
  readonly before: string;
  /** What stands before the closing brace of an object that was empty. */
  readonly after: string;
  readonly colon: string;
  readonly value: (value: unknown) => string;
}

/** How the object's own text is laid out; of an empty one, how the file is. */
function layoutOf(content: string, object: Node): Layout {
  const first = object.children?.[0];
  const gap = first === undefined ? '' : content.slice(object.offset + 1, first.offset);
  const colon = /^"(?:[^"\\]|\\.)*"(\s*:\s*)/.exec(content.slice(first?.offset ?? 0))?.[1] ?? ': ';
  const outer = indentAt(content, object.offset);
  if (first !== undefined && !gap.includes('\n')) {
    // All on one line: as the second property stands behind the first.
    const between = object.children?.[1] === undefined ? ' ' : content.slice(content.indexOf(',', end(first)) + 1, object.children[1].offset);
    return { before: /^\s*$/.test(between) ? between : ' ', after: '', colon, value: (value) => JSON.stringify(value) };
  }
  const eol = content.includes('\r\n') ? '\r\n' : '\n';
  const inner = first === undefined ? outer + stepOf(content) : gap.slice(gap.lastIndexOf('\n') + 1);
  const step = inner.startsWith(outer) && inner.length > outer.length ? inner.slice(outer.length) : stepOf(content);
  return {
    before: eol + inner,
    after: eol + outer,
    colon,
    value: (value) => JSON.stringify(value, undefined, step).replaceAll('\n', eol + inner),
  };
}

function end({ offset, length }: Node): number {
  return offset + length;
}

/** The white space that the line begins with on which this offset lies. */
function indentAt(content: string, offset: number): string {
  return /^[ \t]*/.exec(content.slice(content.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

/** One step of indentation: that of the first line that is indented. */
function stepOf(content: string): string {
  return /\n([ \t]+)\S/.exec(content)?.[1] ?? '  ';
}
