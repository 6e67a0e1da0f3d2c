import { createTwoFilesPatch } from 'diff';
import { rewriteText } from '../../manifests/rewrite-text.ts';
import { diffLines } from './diff-lines.ts';
import { printableLine } from '../../text/printable.ts';
import type { Sink } from './output.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { listReferences } from '../../app/rewrite/documents.ts';
import type { FoundInFiles, Manifest } from '../../app/rewrite/find-in-files.ts';

type Listed = ReturnType<typeof listReferences>[number];

/**
 * The changes as one patch that `git apply` takes; nothing when there is none. A carriage return at the end of a line
 * stays what it is: a patch without it applies to nothing.
 */
export function renderChanges({ manifests }: FoundInFiles, { paint }: Sink): string {
  return manifests
    .filter(hasChanges)
    .flatMap((manifest) => patchOf(manifest).replace(/\n$/, '').split('\n'))
    .map((line) => {
      const ending = line.endsWith('\r') ? '\r' : '';
      return `${diffLines(line.slice(0, line.length - ending.length), paint).join('')}${ending}\n`;
    })
    .join('');
}

export function hasChanges({ references }: Manifest): boolean {
  return references.some(({ action }) => action === 'change');
}

function patchOf({ file, text, references }: Manifest): string {
  const body = createTwoFilesPatch('', '', text, rewriteText(text, references), '', '', { context: 3 });
  const hunks = body.slice(body.indexOf('@@'));
  return `--- ${gitName(`a/${file}`)}\n+++ ${gitName(`b/${file}`)}\n${hunks}`;
}

/** As git writes a name into a patch: in C's quotes where it must be, and with a tab behind one that has blanks. */
function gitName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- controls are what it is for
  if (!/["\\\u0000-\u001f\u007f]/.test(name)) return name.includes(' ') ? `${name}\t` : name;
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
