import { resolve } from 'node:path';
import type { Command } from 'commander';
import { planImport } from '../../../app/images/plan-import.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { CommandContext, RunCommand } from '../../command-context.ts';
import { wrapSentence } from '../../render/wrap.ts';
import { bringImages, withBringing, type BringOptions } from './bring-images.ts';
import { verbCommand } from './verb.ts';

export function define({ t }: Texts, run: RunCommand): Command {
  return withBringing(verbCommand('import', t), t)
    .argument('<file>', t('argument.bundle'))
    .action((file: string, options: BringOptions) =>
      run((context) =>
        bringImages(context, options, {
          name: 'images import',
          words: [file],
          plan: async ({ session, opened }, ports) => {
            const path = resolve(ports.workingFolder, file);
            const change = await planImport({ session, opened, file: path }, ports);
            if (!change.sealed) tellUnsealed(ports, session.texts, { file, sha256: change.sha256 });
            return change;
          },
        }),
      ),
    );
}

/** Blobs are held by their digests; what an archive of other tools calls its images, only its own checksum holds. */
function tellUnsealed(
  { output: { notes } }: CommandContext,
  { t }: Texts,
  words: { readonly file: string; readonly sha256: string },
): void {
  for (const line of wrapSentence(t('images.unsealed', words), notes.width)) notes.write(`${line}\n`);
}
