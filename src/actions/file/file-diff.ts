import { createTwoFilesPatch } from 'diff';
import type { FileIdentity, PriorFileState } from './file-action.ts';
import type { Redact } from '../action.ts';
import { printableText } from '../../text/printable.ts';

export interface DiffSide {
  /** Stands behind the path in the header: `planned`, `now`. */
  readonly label: string;
  readonly state: PriorFileState | 'absent';
}

/**
 * A unified diff of a file, with lines of its own for owner and mode; empty when nothing differs. Contents are masked
 * whole, before they are compared: half a secret has no shape.
 */
export function fileDiff(path: string, before: DiffSide, after: DiffSide, redact: Redact): string {
  const metadata = metadataLines(before.state, after.state);
  const body = contentDiff(path, before, after, redact);
  return [...metadata, body].filter((part) => part !== '').join('\n');
}

function contentDiff(path: string, before: DiffSide, after: DiffSide, redact: Redact): string {
  const [old, wanted] = [shown(before.state, redact), shown(after.state, redact)];
  const isWhole = before.state !== 'absent' && after.state !== 'absent';
  if (old === undefined || wanted === undefined || (isWhole && old === wanted)) return hashDiff(path, before, after);
  const oldName = before.state === 'absent' ? '/dev/null' : `a${path}`;
  const newName = after.state === 'absent' ? '/dev/null' : `b${path}`;
  const patch = createTwoFilesPatch(oldName, newName, old, wanted, before.label, after.label, { context: 3 });
  return patch.replace(/^=+\n/u, '').trimEnd();
}

/** Where a content was not kept, or differs in a secret alone, hashes still say that it is another one. */
function hashDiff(path: string, before: DiffSide, after: DiffSide): string {
  const [old, wanted] = [hashOf(before.state), hashOf(after.state)];
  if (old === wanted) return '';
  return [`--- a${path}\t${before.label}`, `+++ b${path}\t${after.label}`, `-sha256 ${old}`, `+sha256 ${wanted}`].join(
    '\n',
  );
}

function metadataLines(before: FileIdentity | 'absent', after: FileIdentity | 'absent'): readonly string[] {
  if (after === 'absent') return [];
  const wanted = `owner ${after.uid}:${after.gid} mode ${after.mode}`;
  if (before === 'absent') return [`+${wanted}`];
  const old = `owner ${before.uid}:${before.gid} mode ${before.mode}`;
  return old === wanted ? [] : [`-${old}`, `+${wanted}`];
}

function shown(state: PriorFileState | 'absent', redact: Redact): string | undefined {
  if (state === 'absent') return '';
  return state.content === undefined ? undefined : printableText(redact(state.content));
}

function hashOf(state: FileIdentity | 'absent'): string {
  return state === 'absent' ? 'absent' : state.sha256;
}
