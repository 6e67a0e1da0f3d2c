import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import { Option, type Command } from 'commander';
import { maxUserScriptBytes, userScript } from '../../engine/user-script/user-script.ts';
import { bootstrapParts } from '../../app/inputs/bootstrap-parts.ts';
import { declaredInputs, inputsAtBootstrap, type DeclaredInputs } from '../../app/inputs/declared-inputs.ts';
import { readInputsAtBootstrap } from '../../app/inputs/read-inputs.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { typedInputs, withInputs } from '../options/inputs.ts';
import { namedCommand } from '../options/shared.ts';
import { wrapSentence } from '../render/wrap.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { version } from '../../app/version.ts';
import { writeResult } from '../render/write-result.ts';
import { askedSource, withSource, type SourceOptions } from '../options/source.ts';

interface UserScriptOptions extends SourceOptions {
  readonly config?: string;
  readonly out?: string;
}

export async function define({ language, t }: Texts, run: RunCommand): Promise<Command> {
  const declared = inputsAtBootstrap(await declaredInputs(language));
  return withSource(withInputs(namedCommand('user-script', t), declared), t)
    .argument('[problems...]', t('argument.problemsAtBootstrap'))
    .addOption(new Option('--out <file>', t('option.userScriptOut')))
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
  // It is run, not only read.
  await writeResult(script, options.out, context, 0o755);
  const params = {
    problems: parts.map(({ problem }) => problem).join(', '),
    bytes: Buffer.byteLength(script),
    most: maxUserScriptBytes,
  };
  context.output.notes.write(words(params, context));
  return 0;
}

/** What it is, where it goes, and where to see later what it did. */
function words(
  params: Readonly<Record<string, string | number>>,
  { texts: { t }, output: { notes } }: CommandContext,
): string {
  const sentences = [t('userScript.made', params), `${t('next')} ${t('userScript.paste')}`, t('userScript.look')];
  return sentences
    .flatMap((sentence) => wrapSentence(sentence, notes.width))
    .map((line) => `${line}\n`)
    .join('');
}
