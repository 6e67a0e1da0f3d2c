import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import { Option, type Command } from 'commander';
import { maxUserScriptBytes, userScript } from '../../engine/user-script/user-script.ts';
import { imageBuilderScript } from '../../engine/user-script/image-builder-script.ts';
import { bootstrapParts } from '../../app/inputs/bootstrap-parts.ts';
import { laterRemedies } from '../../app/inputs/later-remedies.ts';
import { declaredInputs, inputsAtBootstrap, type DeclaredInputs } from '../../app/inputs/declared-inputs.ts';
import { readInputsAtBootstrap } from '../../app/inputs/read-inputs.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { typedInputs, withInputs } from '../options/inputs.ts';
import { namedCommand } from '../options/shared.ts';
import { wrapSentence } from '../render/wrap.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { Problem } from '../../problems/problem.ts';
import { version } from '../../app/version.ts';
import { writeResult } from '../render/write-result.ts';
import { askedSource, withSource, type SourceOptions } from '../options/source.ts';

interface UserScriptOptions extends SourceOptions {
  readonly config?: string;
  readonly out?: string;
  readonly imageBuilder?: string;
}

export async function define({ language, t }: Texts, run: RunCommand): Promise<Command> {
  const declared = inputsAtBootstrap(await declaredInputs(language));
  return withSource(withInputs(namedCommand('user-script', t), declared), t)
    .argument('[problems...]', t('argument.problemsAtBootstrap'))
    .addOption(new Option('--out <file>', t('option.userScriptOut')))
    .addOption(new Option('--image-builder <file>', t('option.userScriptImageBuilder')))
    .action((ids: readonly string[], options: UserScriptOptions) =>
      run(async (context) => writeUserScript(await inNamedLanguage(context, options), ids, options, declared)),
    );
}

async function writeUserScript(
  given: CommandContext,
  ids: readonly string[],
  options: UserScriptOptions,
  declared: readonly DeclaredInputs[],
): Promise<number> {
  const named = knownProblems(ids, 'user-script');
  const context = await withProblems(given);
  const asked =
    ids.length === 0 ? [] : context.problems.filter(({ meta }) => named.some((entry) => entry.meta === meta));
  const typed = typedInputs(options, declared);
  const inputs = await readInputsAtBootstrap(declared, { typed, command: 'user-script', ...context });
  const parts = bootstrapParts(asked, context.problems, {
    source: await askedSource(options, asked, 'user-script', context),
    inputs,
  });
  const script = userScript(parts, version);
  // They are run, not only read.
  const mode = 0o755;
  await writeResult(script, options.out, context, mode);
  if (options.imageBuilder !== undefined)
    await writeResult(imageBuilderScript(script, version), options.imageBuilder, context, mode);
  const params = {
    problems: parts.map(({ problem }) => problem).join(', '),
    bytes: Buffer.byteLength(script),
    most: maxUserScriptBytes,
  };
  const said = [...words(params, options, context), ...later(asked.length === 0 ? context.problems : asked, context)];
  context.output.notes.write(said.map((line) => `${line}\n`).join(''));
  return 0;
}

/** What it is, where it goes, and where to see later what it did. */
function words(
  params: Readonly<Record<string, string | number>>,
  { imageBuilder }: UserScriptOptions,
  { texts: { t }, output: { notes } }: CommandContext,
): readonly string[] {
  const sentences = [
    t('userScript.made', params),
    `${t('next')} ${t('userScript.paste')}`,
    t('userScript.look'),
    ...(imageBuilder === undefined ? [] : [t('userScript.imageBuilder', { path: imageBuilder })]),
  ];
  return sentences.flatMap((sentence) => wrapSentence(sentence, notes.width));
}

/** What has to wait until a node has joined, and why. */
function later(
  problems: readonly Problem[],
  { texts: { t, language }, output: { notes } }: CommandContext,
): readonly string[] {
  const lines = problems.flatMap((problem) =>
    laterRemedies(problem, language).flatMap(({ remedies, why }) =>
      wrapSentence(`${problem.meta.id} ${remedies.join(', ')}: ${why}.`, notes.width - indent.length),
    ),
  );
  return lines.length === 0 ? [] : [t('userScript.later'), ...lines.map((line) => `${indent}${line}`)];
}

const indent = '  ';
