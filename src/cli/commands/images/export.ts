import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { withOpened } from '../../../app/evidence/collect.ts';
import type { OutputFormat } from '../../../app/configuration/output-format.ts';
import type { ExportedImagesDocument } from '../../../app/documents/exported-images/schema.ts';
import { exportImages, type ExportedImages } from '../../../app/images/export-images.ts';
import { imageEntries } from '../../../app/problems/tells-images.ts';
import { withProblems } from '../../../app/problems/with-problems.ts';
import { formatBytes } from '../../../locales/quantity.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { CommandContext, RunCommand } from '../../command-context.ts';
import { withBandwidth } from '../../options/bandwidth.ts';
import { openSession } from '../../options/open-session.ts';
import type { NodesOptions } from '../../options/session-options.ts';
import { outputOption, withTimeout } from '../../options/shared.ts';
import { inFormat } from '../../render/in-format.ts';
import { contextFor } from '../../render/render-context.ts';
import { transferProgress } from '../../render/run/transfer-progress.ts';
import { wrapSentence } from '../../render/wrap.ts';
import { notWritten } from '../../render/write-result.ts';
import { verbCommand } from './verb.ts';

const commandWords = 'images export';

interface ExportOptions extends NodesOptions {
  readonly from?: string;
  readonly out: string;
  readonly output: OutputFormat;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return withBandwidth(withTimeout(verbCommand('export', t), t), t)
    .argument('<images...>', t('argument.images'))
    .addOption(new Option('--from <node>', t('option.imageDonor')))
    .addOption(new Option('--out <file>', t('option.exportOut')).makeOptionMandatory())
    .addOption(outputOption(t, ['table', 'json', 'yaml']))
    .action((images: readonly string[], options: ExportOptions) => run((given) => exportTo(given, images, options)));
}

async function exportTo(given: CommandContext, images: readonly string[], options: ExportOptions): Promise<number> {
  const context = await withProblems(given, imageEntries);
  const session = await openSession(context, options, commandWords);
  const out = resolve(context.workingFolder, options.out);
  const { notes, data } = context.output;
  const progress = transferProgress(notes, session.texts, context.now);
  const exported = await withOpened(session, (opened) =>
    exportImages({ session, opened, images, from: options.from, out, onProgress: progress.tell }, context),
  )
    .catch((error: unknown) => {
      throw notWritten(out, error);
    })
    .finally(progress.end);
  const { t } = session.texts;
  const view = contextFor(data, session.texts);
  const text = await inFormat(options.output, {
    document: () => documentOf(exported, out),
    table: () => `${wrapSentence(t('images.exported', wordsOf(exported, out)), view.width).join('\n')}\n`,
  });
  // With the bundle itself on standard output, what is said of it goes elsewhere.
  (out === '/dev/stdout' ? notes : data).write(text);
  return 0;
}

function documentOf({ node, images, bytes, sha256 }: ExportedImages, file: string): ExportedImagesDocument {
  return {
    schema: 'nodemend.dev/exported-images/v1',
    node,
    file,
    bytes,
    sha256,
    images: images.map((image) => ({
      name: image.name,
      digest: image.digest,
      configuration: image.configuration,
      platform: image.platform,
      bytes: image.bytes,
    })),
  };
}

function wordsOf(
  { node, images, bytes, sha256 }: ExportedImages,
  file: string,
): Readonly<Record<string, string | number>> {
  return { count: images.length, node, file, size: formatBytes(bytes), sha256 };
}
