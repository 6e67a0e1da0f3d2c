import type { Command } from 'commander';
import { imagesDocument } from '../../../app/documents/images/document.ts';
import { listImages } from '../../../app/images/list-images.ts';
import { imageEntries } from '../../../app/problems/tells-images.ts';
import { withProblems } from '../../../app/problems/with-problems.ts';
import { diagnoseFormats, type OutputFormat } from '../../../app/configuration/output-format.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { CommandContext, RunCommand } from '../../command-context.ts';
import { bundleOption } from '../../options/bundle.ts';
import { openSession } from '../../options/open-session.ts';
import type { NodesOptions } from '../../options/session-options.ts';
import { outputOption, withTimeout } from '../../options/shared.ts';
import { renderImagesMarkdown } from '../../render/images/markdown.ts';
import { renderImages } from '../../render/images/view.ts';
import { renderImagesWide } from '../../render/images/wide.ts';
import { inFormat } from '../../render/in-format.ts';
import { contextFor } from '../../render/render-context.ts';
import { writeResult } from '../../render/write-result.ts';
import { verbCommand } from './verb.ts';

const commandWords = 'images list';

interface ListOptions extends NodesOptions {
  readonly all?: boolean;
  readonly bundle?: string;
  readonly output: OutputFormat;
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return withTimeout(verbCommand('list', t), t)
    .option('--all', t('option.allImages'))
    .addOption(bundleOption(t))
    .addOption(outputOption(t, [...diagnoseFormats, 'name']))
    .option('--out <file>', t('option.out'))
    .action((options: ListOptions) => run((given) => list(given, options)));
}

async function list(given: CommandContext, options: ListOptions): Promise<number> {
  const context = await withProblems(given, imageEntries);
  const session = await openSession(context, options, commandWords);
  const listing = await listImages({ session, bundle: options.bundle, command: commandWords }, context);
  const document = imagesDocument(listing, options.all === true);
  const repeat = options.bundle === undefined ? session.repeat : undefined;
  const view = contextFor(context.output.data, session.texts);
  const text = await inFormat(options.output, {
    document: () => document,
    table: () => renderImages({ listing, document, repeat }, view),
    wide: () => renderImagesWide(document, view),
    markdown: () => renderImagesMarkdown({ listing, document, repeat }, session.texts),
    names: () => document.nodes.flatMap(({ images }) => images.map(({ name }) => `image/${name}`)),
  });
  await writeResult(text, options.out, context);
  return document.exitCode;
}
