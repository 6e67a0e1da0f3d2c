import type { Texts } from '../../../app/texts/texts.ts';
import type { CommandContext } from '../../command-context.ts';
import { wrapSentence } from '../../render/wrap.ts';

/** Blobs are held by their digests; what an archive of other tools calls its images, only its own checksum holds. */
export function tellUnsealed(
  { output: { notes } }: CommandContext,
  { t }: Texts,
  words: { readonly file: string; readonly sha256: string },
): void {
  for (const line of wrapSentence(t('images.unsealed', words), notes.width)) notes.write(`${line}\n`);
}
