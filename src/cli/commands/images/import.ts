import { resolve } from 'node:path';
import type { Command } from 'commander';
import { planImport } from '../../../app/images/plan-import.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { RunCommand } from '../../command-context.ts';
import { bringImages, withBringing, type BringOptions } from './bring-images.ts';
import { tellUnsealed } from './tell-unsealed.ts';
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
