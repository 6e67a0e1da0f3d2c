import { Option, type Command } from 'commander';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { GitHubLayout } from '../../registry/successor.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { namedCommand, outputOption } from '../options/shared.ts';
import { inFormat } from '../render/in-format.ts';
import { rewrite, rewriteExit } from '../../app/rewrite/rewrite.ts';
import { rewriteDocument, rewriteSarif } from '../../app/rewrite/documents.ts';
import { hasChanges, type FoundInFiles } from '../../app/rewrite/find-in-files.ts';
import { describe, renderChanges, renderReports } from '../render/rewrite.ts';
import { createTexts, type Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface RewriteOptions {
  readonly check?: boolean;
  readonly strict?: boolean;
  readonly write?: boolean;
  readonly backup?: boolean;
  readonly mentions?: boolean;
  readonly verify?: boolean;
  readonly config?: string;
  readonly map?: string;
  readonly layout: GitHubLayout;
  readonly output: OutputFormat;
  readonly out?: string;
}

const layouts: readonly GitHubLayout[] = ['owner/repo/image', 'owner/image'];

export function define({ t }: Texts, run: RunCommand): Command {
  return namedCommand('rewrite', t)
    .argument('<path...>', t('argument.paths'))
    .addOption(new Option('--check', t('option.rewriteCheck')).conflicts('write'))
    .option('--strict', t('option.rewriteStrict'))
    .option('--write', t('option.rewriteWrite'))
    .option('--backup', t('option.rewriteBackup'))
    .option('--mentions', t('option.rewriteMentions'))
    .option('--verify', t('option.rewriteVerify'))
    .option('--map <file>', t('option.rewriteMap'))
    .addOption(new Option('--layout <layout>', t('option.rewriteLayout')).choices(layouts).default('owner/repo/image'))
    .addOption(outputOption(t, ['table', 'json', 'yaml', 'sarif']))
    .option('--out <file>', t('option.out'))
    .action((paths: readonly string[], options: RewriteOptions) =>
      run((context) => rewriteCommand(context, paths, options)),
    );
}

async function rewriteCommand(
  context: CommandContext,
  paths: readonly string[],
  options: RewriteOptions,
): Promise<number> {
  requireTogether(options);
  const { layout, mentions = false, verify = false, write = false, backup, check = false, strict = false } = options;
  const done = await rewrite(
    {
      paths,
      layout,
      mentions,
      verify,
      write: write ? (backup ? 'with-backup' : 'yes') : 'no',
      config: options.config,
      map: options.map,
    },
    context,
  );
  await writeResult(await render(done, context, options), options.out, context);
  if (options.output === 'table') context.output.notes.write(renderReports(done, context.texts));
  context.output.notes.write(`${summary(done, options, context.texts)}\n`);
  return rewriteExit(done, { check, strict, write });
}

/** @throws NodemendError USAGE for an option without the one that it adds to */
function requireTogether({ backup, write, strict, check }: RewriteOptions): void {
  const needs = (typed: string, other: string): NodemendError =>
    new NodemendError('USAGE', { context: 'needs', command: 'rewrite', typed, other });
  if (backup && !write) throw needs('--backup', '--write');
  if (strict && !check) throw needs('--strict', '--check');
}

function render(found: FoundInFiles, { output }: CommandContext, options: RewriteOptions): Promise<string> {
  // A document for programs, as JSON is: the language of the terminal has no part in it.
  const english = createTexts('en', []);
  return inFormat(options.output, {
    document: () => rewriteDocument(found),
    table: () => renderChanges(found, output.data),
    sarif: () =>
      rewriteSarif(found, {
        reference: (reference) => describe(reference, english),
        left: (why) => english.t(`rewrite.left.${why}`),
        skipped: (count) => english.t('rewrite.skipped', { count }),
      }),
  });
}

function summary(found: FoundInFiles, { write }: RewriteOptions, { t }: Texts): string {
  const left = new Set(found.left.map(({ file }) => file));
  const count = (action: 'change' | 'report', manifests: FoundInFiles['manifests']): number =>
    manifests.flatMap((manifest) => manifest.references).filter((one) => one.action === action).length;
  const changing = found.manifests.filter((manifest) => hasChanges(manifest) && !left.has(manifest.file));
  const params = {
    changes: count('change', changing),
    files: changing.length,
    reports: count('report', found.manifests),
    left: left.size,
    looked: found.looked,
    skipped: found.skipped,
  };
  return t(write ? 'rewrite.written' : 'rewrite.would', params);
}
