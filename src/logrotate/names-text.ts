import { isSpace } from './characters.ts';
import type { ComplaintCode } from './configuration.ts';
import type { Cursor } from './cursor.ts';
import type { Release } from './release.ts';

export type NamesText =
  | { readonly text: string; readonly code?: undefined }
  | { readonly code: Extract<ComplaintCode, 'no-opening-brace' | 'unexpected-closing-brace'> };

/**
 * The text up to the opening brace, comments of their own lines left out (`parseGlobString` in config.c). Quotes do not
 * hide a brace. Leaves the cursor on the brace.
 */
export function takeNames(cursor: Cursor, release: Release): NamesText {
  let line: LinePlace = 'start';
  let text = '';
  for (; !cursor.atEnd && cursor.character !== '\0'; cursor.at += 1) {
    const { character } = cursor;
    line = release.commentsAmongNames ? placeAfter(line, character) : 'text';
    if (line === 'comment') continue;
    if (character === '}') return { code: 'unexpected-closing-brace' };
    if (character === '{') return { text: release.trimsNames ? text.replace(/[ \t\n\v\f\r]+$/, '') : text };
    text += character;
  }
  return { code: 'no-opening-brace' };
}

type LinePlace = 'start' | 'text' | 'comment';

function placeAfter(place: LinePlace, character: string): LinePlace {
  if (place === 'start') return character === '#' ? 'comment' : isSpace(character) ? 'start' : 'text';
  return character === '\n' ? 'start' : place;
}
