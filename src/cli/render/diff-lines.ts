import type { Paint } from './paint.ts';
import { printableLine } from '../../text/printable.ts';

/** The lines of a unified diff in colour. Never wrapped or cut: a diff is read, compared and copied as it is. */
export function diffLines(diff: string, paint: Paint): readonly string[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => paintLine(printableLine(line), paint));
}

function paintLine(line: string, paint: Paint): string {
  if (/^(?:---|\+\+\+) /.test(line)) return paint('strong', line);
  if (line.startsWith('@@')) return paint('place', line);
  if (line.startsWith('+')) return paint('added', line);
  return line.startsWith('-') ? paint('removed', line) : line;
}
