import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { editGrubFile, type GrubFileEdit } from '../../app/boot-argument/edit-grub-file.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { replaceFile } from '../../app/rewrite/replace-file.ts';
import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { namedCommand, outputOption } from '../options/shared.ts';
import { inFormat } from '../render/in-format.ts';
import { renderPatch } from '../render/patch.ts';
import { wrapSentence } from '../render/wrap.ts';
import { writeResult } from '../render/write-result.ts';

interface BootArgumentOptions {
  readonly config?: string;
  readonly add?: string;
  readonly remove?: string;
  readonly check?: boolean;
  readonly write?: boolean;
  readonly output: OutputFormat;
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return namedCommand('boot-argument', t)
    .argument('<file>', t('argument.grubFile'))
    .addOption(new Option('--add <argument>', t('option.bootArgumentAdd')).conflicts('remove'))
    .addOption(new Option('--remove <argument>', t('option.bootArgumentRemove')))
    .addOption(new Option('--check', t('option.bootArgumentCheck')).conflicts('write'))
    .option('--write', t('option.bootArgumentWrite'))
    .addOption(outputOption(t, ['table', 'json', 'yaml']))
    .option('--out <file>', t('option.out'))
    .action((file: string, options: BootArgumentOptions) =>
      run(async (context) => bootArgument(await inNamedLanguage(context, options), file, options)),
    );
}

async function bootArgument(context: CommandContext, file: string, options: BootArgumentOptions): Promise<number> {
  const change = asked(options);
  const edit = await editGrubFile({ path: resolve(context.workingFolder, file), ...change });
  const isChanged = edit.before !== edit.after;
  if (isChanged && options.write) await write(edit, file);
  await writeResult(await render({ edit, file, change }, context, options), options.out, context);
  const { notes } = context.output;
  for (const sentence of told({ edit, file, change }, options, context.texts))
    notes.write(`${wrapSentence(sentence, notes.width).join('\n')}\n`);
  return isChanged && options.check ? 3 : 0;
}

type Change = Pick<Parameters<typeof editGrubFile>[0], 'operation' | 'argument'>;

interface Asked {
  readonly edit: GrubFileEdit;
  /** As it was typed. */
  readonly file: string;
  readonly change: Change;
}

/** @throws NodemendError USAGE where neither says what is to be done */
function asked({ add, remove }: BootArgumentOptions): Change {
  if (add !== undefined) return { operation: 'add', argument: add };
  if (remove !== undefined) return { operation: 'remove', argument: remove };
  throw new NodemendError('USAGE', { context: 'mandatory', command: 'boot-argument', typed: '--add' });
}

/** @throws NodemendError GRUB_FILE_NOT_WRITTEN */
async function write({ path, before, after }: GrubFileEdit, file: string): Promise<void> {
  const why = await replaceFile({ path, before, after, backup: false, encoding: 'latin1' });
  if (why !== undefined)
    throw new NodemendError('GRUB_FILE_NOT_WRITTEN', {
      file,
      context: why === 'changed-meanwhile' ? 'changedMeanwhile' : 'unwritable',
    });
}

async function render(
  { edit, file, change }: Asked,
  { output }: CommandContext,
  options: BootArgumentOptions,
): Promise<string> {
  const isChanged = edit.before !== edit.after;
  return inFormat(options.output, {
    document: () => ({
      schema: 'nodemend.dev/boot-argument/v1',
      file,
      ...change,
      outcome: isChanged ? 'changed' : 'unchanged',
      written: isChanged && options.write === true,
      variable: edit.variable ?? null,
      line: edit.line ?? null,
      needsBash: edit.needsBash,
      usesBootLoaderEntries: edit.usesBootLoaderEntries,
    }),
    table: () =>
      isChanged ? renderPatch(file, { before: shown(edit.before), after: shown(edit.after) }, output.data.paint) : '',
  });
}

function shown(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function told({ edit, file, change }: Asked, { write: writes }: BootArgumentOptions, { t }: Texts): readonly string[] {
  const isChanged = edit.before !== edit.after;
  const params = { file, argument: change.argument, variable: edit.variable ?? '', line: edit.line ?? 0 };
  return [
    t(`bootArgument.${isChanged ? (writes ? 'written' : 'would') : unchangedKey(edit, change)}`, params),
    ...(isChanged && writes ? [t('bootArgument.generate')] : []),
    ...(edit.needsBash ? [t('bootArgument.bash', params)] : []),
    ...(edit.usesBootLoaderEntries ? [t('bootArgument.entries', { ...params, option: grubbyOption(change) })] : []),
  ];
}

function unchangedKey({ variable }: GrubFileEdit, { operation }: Change): string {
  return operation === 'add' && variable !== undefined ? 'there' : 'absent';
}

function grubbyOption({ operation, argument }: Change): string {
  return operation === 'add' ? `--args="${argument}"` : `--remove-args="${argument}"`;
}
