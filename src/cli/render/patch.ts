import { createTwoFilesPatch } from 'diff';
import { printable } from '../../text/printable.ts';
import { unifiedHunks } from '../../manifests/unified-hunks.ts';
import { diffLines } from './diff-lines.ts';
import type { Paint } from './paint.ts';

/**
 * The change of one file, as a patch that `git apply` takes. A carriage return at the end of a line stays what it is: a
 * patch without it applies to nothing.
 */
export function renderPatch(
  file: string,
  { before, after }: { readonly before: string; readonly after: string },
  paint: Paint,
): string {
  const patch = `--- ${gitName(`a/${file}`)}\n+++ ${gitName(`b/${file}`)}\n${hunksOf(before, after)}`;
  return patch
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const ending = line.endsWith('\r') ? '\r' : '';
      return `${diffLines(line.slice(0, line.length - ending.length), paint).join('')}${ending}\n`;
    })
    .join('');
}

/** Where only what is in the lines has changed there is nothing to search for. */
function hunksOf(before: string, after: string): string {
  if (before.split('\n').length === after.split('\n').length) return unifiedHunks(before, after);
  const body = createTwoFilesPatch('', '', before, after, '', '', { context: 3 });
  return body.slice(body.indexOf('@@'));
}

/** As git writes a name into a patch: in C's quotes where it must be, and with a tab behind one that has blanks. */
function gitName(name: string): string {
  if (!/["\\]/.test(name) && printable(name) === name) return name.includes(' ') ? `${name}\t` : name;
  const bytes = [...Buffer.from(name, 'utf8')];
  const quoted = bytes.map((byte) =>
    byte === 0x22 || byte === 0x5c
      ? `\\${String.fromCharCode(byte)}`
      : byte < 0x20 || byte >= 0x7f
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
  );
  return `"${quoted.join('')}"`;
}
