import { Command, Option } from 'commander';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { FindOptions } from '../../manifests/find-references.ts';
import type { FoundReference } from '../../manifests/reference.ts';
import { rewriteText } from '../../manifests/rewrite-text.ts';
import { retiredPatterns } from '../../manifests/retired-patterns.ts';
import { retiredNames, type GitHubLayout } from '../../registry/successor.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { outputOption, withCommon } from '../options/shared.ts';
import { renderError } from '../render/error.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { rewriteDocument, rewriteSarif } from '../../app/rewrite/documents.ts';
import { changingReferences, findAgain, findInFiles, type FoundInFiles } from '../../app/rewrite/find-in-files.ts';
import { describe, hasChanges, renderChanges, renderReports } from '../render/rewrite.ts';
import { replaceFile } from '../../app/rewrite/replace-file.ts';
import { verifySuccessors } from '../../app/rewrite/verify-successors.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface RewriteOptions {
  readonly check?: boolean;
  readonly strict?: boolean;
  readonly write?: boolean;
  readonly backup?: boolean;
  readonly mentions?: boolean;
  readonly verify?: boolean;
  readonly layout: GitHubLayout;
  readonly output: OutputFormat;
  readonly out?: string;
}

const layouts: readonly GitHubLayout[] = ['owner/repo/image', 'owner/image'];

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('rewrite')
    .summary(t('command.rewrite.summary'))
    .description(t('command.rewrite.description'));
  return withCommon(command, t)
    .argument('<path...>', t('argument.paths'))
    .addOption(new Option('--check', t('option.rewriteCheck')).conflicts('write'))
    .option('--strict', t('option.rewriteStrict'))
    .option('--write', t('option.rewriteWrite'))
    .option('--backup', t('option.rewriteBackup'))
    .option('--mentions', t('option.rewriteMentions'))
    .option('--verify', t('option.rewriteVerify'))
    .addOption(new Option('--layout <layout>', t('option.rewriteLayout')).choices(layouts).default('owner/repo/image'))
    .addOption(outputOption(t, ['table', 'json', 'yaml', 'sarif']))
    .option('--out <file>', t('option.out'))
    .action((paths: readonly string[], options: RewriteOptions) => run((context) => rewrite(context, paths, options)));
}

async function rewrite(context: CommandContext, paths: readonly string[], options: RewriteOptions): Promise<number> {
  requireTogether(options);
  const mentions = options.mentions ?? false;
  const names = retiredNames();
  const patterns = retiredPatterns(names);
  const offline = findInFiles(paths, context.workingFolder, {
    patterns,
    successorOf: (written) => names.successorOf(written, options.layout),
    mentions,
  });
  // A wrong folder must not pass a check for ever.
  if (offline.looked === 0 && offline.left.length === 0)
    throw new NodemendError('NO_MANIFEST', { paths: paths.join(', ') });
  const found = options.verify
    ? await verified(offline, context, { patterns, layout: options.layout, mentions })
    : offline;
  const done = options.write ? await writeAll(found, options.backup ?? false) : found;
  await writeResult(await render(done, context, options), options.out, context);
  if (options.output === 'table') context.output.notes.write(renderReports(done, context.texts));
  context.output.notes.write(`${summary(done, options, context.texts)}\n`);
  return exitCode(done, options);
}

/** @throws NodemendError USAGE for an option without the one that it adds to */
function requireTogether({ backup, write, strict, check }: RewriteOptions): void {
  const needs = (typed: string, other: string): NodemendError =>
    new NodemendError('USAGE', { context: 'needs', command: 'rewrite', typed, other });
  if (backup && !write) throw needs('--backup', '--write');
  if (strict && !check) throw needs('--strict', '--check');
}

/** With the answers of the registries; what kept them from answering is told once each. */
async function verified(
  offline: FoundInFiles,
  context: CommandContext,
  { patterns, layout, mentions }: Pick<FindOptions, 'patterns' | 'mentions'> & { readonly layout: GitHubLayout },
): Promise<FoundInFiles> {
  const answers = await verifySuccessors(changingReferences(offline), {
    layout,
    environment: context.environment,
    signal: context.interrupt,
  });
  for (const trouble of answers.troubles)
    context.output.notes.write(renderError(trouble, { debug: false }, contextFor(context.output.notes, context.texts)));
  return findAgain(offline, { patterns, successorOf: answers.successorOf, mentions });
}

async function writeAll(found: FoundInFiles, backup: boolean): Promise<FoundInFiles> {
  const left = [...found.left];
  for (const { file, path, text, references } of found.manifests.filter(hasChanges)) {
    const why = await replaceFile({ path, before: text, after: rewriteText(text, references), backup });
    if (why !== undefined) left.push({ file, why });
  }
  return { ...found, left };
}

function render(found: FoundInFiles, { output, texts }: CommandContext, options: RewriteOptions): Promise<string> {
  return inFormat(options.output, {
    document: () => rewriteDocument(found),
    table: () => renderChanges(found, output.data),
    sarif: () =>
      rewriteSarif(found, {
        reference: (reference) => describe(reference, texts),
        left: (why) => texts.t(`rewrite.left.${why}`),
        skipped: (count) => texts.t('rewrite.skipped', { count }),
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

/** Links are left alone on purpose; what could not be read may hold anything. */
function exitCode(found: FoundInFiles, { check, strict, write }: RewriteOptions): number {
  const unsaid = found.manifests.some(({ references }) => references.some(({ reason }) => reason === 'not-verified'));
  const incomplete = unsaid || found.left.some(({ why }) => why !== 'symlink');
  const breaks = found.manifests.some(({ references }) =>
    references.some(({ reason }) => reason === 'kustomize-name-breaks'),
  );
  if (write) return incomplete || breaks ? 6 : 0;
  if (check && found.manifests.some(hasChanges)) return 3;
  if (strict && found.manifests.some(({ references }) => references.some(isLive))) return 3;
  return incomplete ? 5 : 0;
}

/** What something may still pull by; a mention is for people. */
function isLive({ reason }: FoundReference): boolean {
  return reason !== 'mention';
}
