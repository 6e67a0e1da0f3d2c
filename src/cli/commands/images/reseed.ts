import { Option, type Command } from 'commander';
import { planReseed } from '../../../app/images/plan-reseed.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { RunCommand } from '../../command-context.ts';
import { bringImages, withBringing, type BringOptions } from './bring-images.ts';
import { verbCommand } from './verb.ts';

interface ReseedOptions extends BringOptions {
  readonly from: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return withBringing(verbCommand('reseed', t), t)
    .argument('<images...>', t('argument.images'))
    .addOption(new Option('--from <node>', t('option.imageDonor')).makeOptionMandatory())
    .action((images: readonly string[], options: ReseedOptions) =>
      run((context) => {
        const { from } = options;
        return bringImages(context, options, {
          name: 'images reseed',
          words: [...images, '--from', from],
          plan: (asking, ports) => planReseed({ ...asking, images, from }, ports),
        });
      }),
    );
}
