import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { passwordsOf, planRestore, restoreWish, type RestoreWords } from '../../../app/images/plan-restore.ts';
import { readRegistryLogins } from '../../../app/images/registry-logins.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { CommandContext, RunCommand } from '../../command-context.ts';
import { collectWords } from '../../options/shared.ts';
import { wrapSentence } from '../../render/wrap.ts';
import { bringImages, withBringing, type BringOptions } from './bring-images.ts';
import { tellUnsealed } from './tell-unsealed.ts';
import { verbCommand } from './verb.ts';

interface RestoreOptions extends BringOptions {
  readonly from?: readonly string[];
  readonly acceptDigest?: readonly string[];
  readonly forVersion?: string;
  readonly authfile?: string;
  readonly fromArchive?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return (
    withBringing(verbCommand('restore', t), t)
      .argument('[image...]', t('argument.restoredImages'))
      .addOption(new Option('--from <source>', t('option.imageFrom')).argParser(collectWords))
      .addOption(new Option('--accept-digest <digest>', t('option.acceptDigest')).argParser(collectWords))
      .option('--for-version <version>', t('option.forVersion'))
      .option('--from-archive <file>', t('option.fromArchive'))
      // A saved plan has no passwords.
      .addOption(new Option('--authfile <file>', t('option.authfile')).conflicts('out'))
      .action((images: readonly string[], options: RestoreOptions) =>
        run(async (context) => {
          const { from = [], acceptDigest = [], forVersion, authfile, fromArchive } = options;
          const words: RestoreWords = { images, from, acceptDigest, forVersion, fromArchive };
          const wish = restoreWish(words);
          const loginOf =
            authfile === undefined ? undefined : await readRegistryLogins(resolve(context.workingFolder, authfile));
          return bringImages(context, options, {
            name: 'images restore',
            words: [...wordsOf(words), ...(authfile === undefined ? [] : ['--authfile', authfile])],
            ...(loginOf === undefined ? {} : { passwords: (plan: Plan) => passwordsOf(plan, loginOf) }),
            // A registry is not asked by all nodes at once, and one node shows whether what it sends is right.
            inBatches: true,
            plan: async (asking, ports) => {
              const archive = fromArchive === undefined ? undefined : resolve(ports.workingFolder, fromArchive);
              const change = await planRestore(wish, { ...asking, loginOf, archive }, ports);
              if (change.carried?.sealed === false)
                tellUnsealed(ports, asking.session.texts, { file: fromArchive ?? '', sha256: change.carried.sha256 });
              tellOnlySelected(change.plan, options, ports, asking.session.texts);
              return change;
            },
          });
        }),
      )
  );
}

/** Nodes that were not selected are not asked whether they have an image. */
function tellOnlySelected(
  { refused }: Plan,
  { nodes, selector, nodeGroup }: RestoreOptions,
  { output: { notes } }: CommandContext,
  { t }: Texts,
): void {
  const isSelected = (nodes ?? selector ?? nodeGroup) !== undefined;
  if (!isSelected || !refused.some(({ key }) => key === 'refused.restore-no-source')) return;
  for (const line of wrapSentence(t('images.onlySelected'), notes.width)) notes.write(`${line}\n`);
}

function wordsOf({ images, from, acceptDigest, forVersion, fromArchive }: RestoreWords): readonly string[] {
  return [
    ...images,
    ...from.flatMap((source) => ['--from', source]),
    ...acceptDigest.flatMap((digest) => ['--accept-digest', digest]),
    ...(forVersion === undefined ? [] : ['--for-version', forVersion]),
    ...(fromArchive === undefined ? [] : ['--from-archive', fromArchive]),
  ];
}
