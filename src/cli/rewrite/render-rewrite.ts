import { createTwoFilesPatch } from 'diff';
import { rewriteText } from '../../manifests/rewrite-text.ts';
import { diffLines } from '../render/diff-lines.ts';
import { printableLine } from '../render/printable.ts';
import type { Sink } from '../render/output.ts';
import type { Texts } from '../text.ts';
import { listReferences } from './documents.ts';
import type { FoundInFiles, Manifest } from './find-in-files.ts';

type Listed = ReturnType<typeof listReferences>[number];

/** The changes as one patch that `git apply` takes; nothing when there is none. */
export function renderChanges({ manifests }: FoundInFiles, { paint }: Sink): string {
  const lines = manifests.filter(hasChanges).flatMap((manifest) => diffLines(patchOf(manifest), paint));
  return lines.map((line) => `${line}\n`).join('');
}

export function hasChanges({ references }: Manifest): boolean {
  return references.some(({ action }) => action === 'change');
}

function patchOf({ file, text, references }: Manifest): string {
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, text, rewriteText(text, references), undefined, undefined, {
    context: 3,
  }).replace(/^=+\n/u, '');
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
