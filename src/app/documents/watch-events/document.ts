import { knownError } from '../../../errors/known-error.ts';
import type { Change } from '../../evidence/changes.ts';
import type { Look } from '../../evidence/watch.ts';
import type { Texts } from '../../texts/texts.ts';
import { findingEntry } from '../findings/document.ts';
import type { WatchEventDocument } from './schema.ts';

/** What a look that is not the first has to tell, as published JSON; `english` as in `findingsDocument`. */
export function watchEvents(look: Exclude<Look, { kind: 'first' }>, english: Texts): readonly WatchEventDocument[] {
  const head = { schema: 'nodemend.dev/watch-event/v1' } as const;
  if (look.kind === 'failed') {
    const { code, params } = knownError(look.error);
    const at = look.at.toISOString();
    return [{ ...head, at, event: 'failed', code, params, detail: english.error(code, params).cause }];
  }
  const at = look.report.evidence.collectedAt;
  const entryOf = (change: Change): WatchEventDocument => {
    const entry = findingEntry(change.finding, english);
    const finding = entry.causedBy === undefined ? entry : { ...entry, muted: true as const };
    return change.kind === 'changed'
      ? { ...head, at, event: 'changed', was: change.was.status, finding }
      : { ...head, at, event: change.kind, finding };
  };
  return [...(look.answered ? [{ ...head, at, event: 'answered' } as const] : []), ...look.changes.map(entryOf)];
}
