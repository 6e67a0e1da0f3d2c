import { diffArrays } from 'diff';
import type { Redact } from './action.ts';

/** Lines that a preview masks because they look like secrets. */
export interface HiddenLines {
  /** Which are the same before and after. */
  readonly unchanged: number;
  /** Which the change writes or takes away: nobody who reads the preview knows them. */
  readonly changed: number;
}

export const nothingHidden: HiddenLines = { unchanged: 0, changed: 0 };

/** Counts them in a text before and after. Masking leaves every line a line (evidence/redact.ts). Pure. */
export function hiddenLines(before: string, after: string, redact: Redact): HiddenLines {
  const [old, wanted] = [linesOf(before, redact), linesOf(after, redact)];
  let [unchanged, changed] = [0, 0];
  let at = { old: 0, wanted: 0 };
  for (const { added, removed, count } of diffArrays(old.lines, wanted.lines)) {
    if (removed) changed += hiddenIn(old, at.old, count);
    else if (added) changed += hiddenIn(wanted, at.wanted, count);
    else unchanged += hiddenIn(wanted, at.wanted, count);
    at = { old: at.old + (added ? 0 : count), wanted: at.wanted + (removed ? 0 : count) };
  }
  return { unchanged, changed };
}

interface MaskedLines {
  readonly lines: string[];
  readonly masked: readonly string[];
}

function linesOf(text: string, redact: Redact): MaskedLines {
  return { lines: text.split('\n'), masked: redact(text).split('\n') };
}

function hiddenIn({ lines, masked }: MaskedLines, from: number, count: number): number {
  return lines.slice(from, from + count).filter((line, index) => line !== masked[from + index]).length;
}
