import { rewriteText } from '../../manifests/rewrite-text.ts';
import { renderPatch } from './patch.ts';
import { printableLine } from '../../text/printable.ts';
import type { Sink } from './output.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { listReferences } from '../../app/rewrite/documents.ts';
import { hasChanges, type FoundInFiles } from '../../app/rewrite/find-in-files.ts';

type Listed = ReturnType<typeof listReferences>[number];

/** The changes as one patch that `git apply` takes; nothing when there is none. */
export function renderChanges({ manifests }: FoundInFiles, { paint }: Sink): string {
  return manifests
    .filter(hasChanges)
    .map(({ file, text, references }) =>
      renderPatch(file, { before: text, after: rewriteText(text, references) }, paint),
    )
    .join('');
}

/** What is only told, and why: a line each, with the place that editors jump to. */
export function renderReports(found: FoundInFiles, texts: Texts): string {
  const told = listReferences(found).filter(({ action }) => action === 'report');
  const left = found.left.map(({ file, why }) => `${printableLine(file)}: ${texts.t(`rewrite.left.${why}`)}\n`);
  return [
    ...told.map(
      (reference) =>
        `${printableLine(`${reference.file}:${reference.line}:${reference.column}`)}: ${describe(reference, texts)}\n`,
    ),
    ...left,
  ].join('');
}

/** One sentence about a reference. */
export function describe(
  { old, new: proposal, action, reason }: Pick<Listed, 'old' | 'new' | 'action' | 'reason'>,
  { t }: Texts,
): string {
  const written = printableLine(old);
  if (action === 'change') return t('rewrite.change', { old: written, new: proposal ?? '' });
  const why = t(`rewrite.reason.${reason}`, { old: written });
  return proposal === null ? why : `${why} ${t('rewrite.proposal', { new: printableLine(proposal) })}`;
}
