import { languageFromEnvironment, languages, type Language } from '../locales/language.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { commandContext, type RunCommand } from './command-context.ts';
import { commandsOfScope } from './exit-codes.ts';
import { interruptedExit, interruptSignal } from './interrupt.ts';
import { applyToAll, buildProgram, commandNames, helpTo } from './program.ts';
import { createOutput, type Output } from './render/output.ts';
import { errorExit, renderError } from './render/error.ts';
import { contextFor } from './render/render-context.ts';
import { createTexts, type Texts } from '../app/texts/texts.ts';
import { typedWords } from './parsing/typed-words.ts';
import { toldError } from './parsing/told-error.ts';
import { version } from '../app/version.ts';

/** What was typed, and what answers. */
interface Call {
  readonly typed: readonly string[];
  readonly languageNamed: boolean;
  readonly texts: Texts;
  readonly output: Output;
}

/** Carries out what this process was called for, and ends it. */
export async function main(): Promise<never> {
  const typed = process.argv.slice(2);
  const languageNamed = namedLanguage(typed);
  const call: Call = {
    typed,
    languageNamed: languageNamed !== undefined,
    texts: createTexts(languageNamed ?? languageFromEnvironment(process.env), []),
    output: createOutput(process.stdout, process.stderr, process.env),
  };
  const { data, notes } = call.output;
  const ended = await carryOut(call);
  await data.flush();
  process.exitCode = tellLostOutput(call, ended);
  await notes.flush();
  // A dial that a timed-out server still holds open must not keep an answered command alive.
  return process.exit();
}

async function carryOut(call: Call): Promise<number> {
  const { typed, texts, output } = call;
  let exitCode = 0;
  const run: RunCommand = async (work) => {
    const context = commandContext({
      texts,
      languageNamed: call.languageNamed,
      output,
      environment: process.env,
      interrupt: interruptSignal(),
      workingFolder: process.cwd(),
    });
    const result = await work(context);
    exitCode = context.interrupt.aborted ? interruptedExit : result;
  };
  if (typed.length === 1 && (typed[0] === '--version' || typed[0] === '-V')) {
    output.data.write(`${version}\n`);
    return 0;
  }
  /** The first that is one: what follows are its arguments, which may be called like a command. */
  const named = typed.find((word) => commandNames.includes(word));
  const program = await buildProgram(texts, run, named === undefined ? [] : [named], {
    isListed: typed[0] !== named,
    calledAs: calledAs(process.env),
  });
  applyToAll(program, (command) => command.configureOutput(helpTo(output.data)));
  const argv = typedWords(program, typed);
  try {
    // No command at all: the list of them is the answer.
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const shown = toldError(error, program, argv);
    if (shown === undefined) return 0;
    return fail(call, shown);
  }
}

function fail({ output, texts }: Call, error: unknown): number {
  if (error instanceof Error && error.name === 'AbortError') return interruptedExit;
  output.notes.write(
    renderError(error, { debug: process.env['NODEMEND_DEBUG'] === '1' }, contextFor(output.notes, texts)),
  );
  return errorExit(error);
}

/**
 * An answer that nobody got is not an answer; of a change its own code says what became of it, told or not. @returns
 * the exit code
 */
function tellLostOutput(call: Call, exitCode: number): number {
  const fault = call.output.data.lost();
  if (fault === undefined) return exitCode;
  const lost = fail(call, new NodemendError('OUTPUT_LOST', { fault }));
  const changes = commandsOfScope.changing.some((command) =>
    command.split(' ').every((word) => call.typed.includes(word)),
  );
  return changes || exitCode === interruptedExit ? exitCode : lost;
}

/** As a plugin of kubectl it is called by kubectl's name; the launcher, which is what was called, says so. */
function calledAs({ NODEMEND_CALLED_AS: name }: NodeJS.ProcessEnv): string {
  return name === 'kubectl-nodemend' ? 'kubectl nodemend' : 'nodemend';
}

/** Help and usage errors are written before options are parsed, so the language is looked for here. */
function namedLanguage(words: readonly string[]): Language | undefined {
  const index = words.indexOf('--lang');
  const asked =
    index === -1 ? words.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) : words[index + 1];
  return languages.find((language) => language === asked);
}
