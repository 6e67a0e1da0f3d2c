import type { Node } from 'jsonc-parser';

/** A JSON text with another text in the place of one value. */
export function replaced(content: string, { offset, length }: Node, by: string): string {
  return content.slice(0, offset) + by + content.slice(offset + length);
}

/**
 * An object of a JSON text with one more property, behind its last one. Every other byte stays: what is there is not
 * formatted again, and what is added looks like its neighbours.
 */
export function withProperty(content: string, object: Node, name: string, value: unknown): string {
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

/** A value as it would be written in place of another one of this object. */
export function valueText(content: string, object: Node, value: unknown): string {
  return layoutOf(content, object).value(value);
}

/** How the object's own text is laid out; of an empty one, how the file is. */
function layoutOf(content: string, object: Node): Layout {
  const [first, second] = object.children ?? [];
  if (first === undefined) return lines(content, object, undefined, ': ');
  const gap = content.slice(object.offset + 1, first.offset);
  const colon = /^"(?:[^"\\]|\\.)*"(\s*:\s*)/.exec(content.slice(first.offset))?.[1] ?? ': ';
  if (gap.includes('\n')) return lines(content, object, gap.slice(gap.lastIndexOf('\n') + 1), colon);
  return {
    before: second === undefined ? ' ' : blankBetween(content, first, second),
    after: '',
    colon,
    value: (value) => JSON.stringify(value),
  };
}

/** A property a line: `inner` is their indentation, where there is one already. */
function lines(content: string, object: Node, inner: string | undefined, colon: string): Layout {
  const eol = content.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(content, object.offset);
  const indent = inner ?? outer + stepOf(content);
  const step = indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : stepOf(content);
  return {
    before: eol + indent,
    after: eol + outer,
    colon,
    value: (value) => JSON.stringify(value, undefined, step).replaceAll('\n', eol + indent),
  };
}

/** What stands behind the comma between two properties of one line. */
function blankBetween(content: string, first: Node, second: Node): string {
  const between = content.slice(content.indexOf(',', end(first)) + 1, second.offset);
  return /^\s*$/.test(between) ? between : ' ';
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
