import { Command, Help, type Option, type OutputConfiguration } from 'commander';
import type { RunCommand } from './command-context.ts';
import { define as defineDiagnose } from './commands/diagnose.ts';
import { define as defineExplain } from './commands/explain.ts';
import { define as defineVersion } from './commands/version.ts';
import { examplesOf } from './examples/examples.ts';
import { languageOption } from './options/shared.ts';
import type { Sink } from './render/output.ts';
import { displayWidth } from './render/width.ts';
import { indented, wrapSentence } from './render/wrap.ts';
import { synchronisedEntries } from '../app/problems/synchronised.ts';
import type { Texts } from '../app/texts/texts.ts';
import { createTranslator } from '../locales/translator.ts';
import type { CatalogueEntry } from '../problems/catalogue-entry.ts';

/** A command's file: what it is called with, and what it then does. */
interface CommandModule {
  readonly define: (texts: Texts, run: RunCommand) => Command | Promise<Command>;
}

type LoadCommand = () => Promise<CommandModule>;

/**
 * The commands in the order in which people meet them. Each is loaded only when it is called: `--help` shows their
 * summaries and must stay as quick as an empty Node. Those of a few lines that must answer as quickly themselves
 * (`bench/start-up.ts`) come with the program, because a file costs more to load than they do.
 */
const commands: Readonly<Record<string, LoadCommand>> = {
  doctor: () => import('./commands/doctor.ts'),
  diagnose: async () => ({ define: defineDiagnose }),
  explain: async () => ({ define: defineExplain }),
  plan: () => import('./commands/plan.ts'),
  apply: () => import('./commands/apply.ts'),
  verify: () => import('./commands/verify.ts'),
  undo: () => import('./commands/undo.ts'),
  resume: () => import('./commands/resume.ts'),
  history: () => import('./commands/history.ts'),
  prune: () => import('./commands/prune.ts'),
  'force-unlock': () => import('./commands/force-unlock.ts'),
  ...Object.fromEntries(synchronisedEntries.map((entry) => [entry.meta.id, driftOf(entry)])),
  bundle: () => import('./commands/bundle.ts'),
  images: () => import('./commands/images/images.ts'),
  'pull-secret': () => import('./commands/pull-secret.ts'),
  'rate-limit': () => import('./commands/rate-limit.ts'),
  rewrite: () => import('./commands/rewrite.ts'),
  'boot-argument': () => import('./commands/boot-argument.ts'),
  reboot: () => import('./commands/reboot.ts'),
  'admission-policy': () => import('./commands/admission-policy.ts'),
  'user-script': () => import('./commands/user-script.ts'),
  schedule: () => import('./commands/schedule.ts'),
  lab: () => import('./commands/lab.ts'),
  completion: () => import('./commands/completion.ts'),
  version: async () => ({ define: defineVersion }),
};

/** `<problem> diff|sync`, made from the catalogue. */
function driftOf(entry: CatalogueEntry): LoadCommand {
  return async () => {
    const { driftCommand } = await import('./commands/drift.ts');
    return { define: (texts, run) => driftCommand(entry, texts, run) };
  };
}

export const commandNames: readonly string[] = Object.keys(commands);

/**
 * The command line. `loaded` names the commands whose files are read; of the others only the summary is there, which is
 * what the list of commands needs.
 */
export async function buildProgram(
  texts: Texts,
  run: RunCommand,
  loaded: readonly string[] = commandNames,
  /** Whether the list of commands may be asked for; where a command comes first only its own help can be. */
  { isListed = true, calledAs = 'nodemend' }: { readonly isListed?: boolean; readonly calledAs?: string } = {},
): Promise<Command> {
  const { t } = texts;
  const program: Command = new Command(calledAs)
    .description(t('program.description'))
    // What follows a command is the command's own: without this the program would take its `--lang` away.
    .enablePositionalOptions()
    .addOption(languageOption(t))
    .option('-V, --version', t('help.version'));
  for (const [name, load] of Object.entries(commands)) {
    if (loaded.includes(name)) program.addCommand(await (await load()).define(texts, run));
    else if (isListed) program.addCommand(new Command(name).summary(await summaryOf(name, texts)));
  }
  applyToAll(program, (command) =>
    command
      .exitOverride()
      .helpCommand(false)
      .configureHelp(localisedHelp(texts))
      .helpOption('-h, --help', t('help.help'))
      .addHelpText('after', () => exampleLines(command, t)),
  );
  program.addHelpText('after', () => `\n${wrapSentence(t('program.footnote'), helpWidth(program)).join('\n')}`);
  return program;
}

/** To be copied: never broken, however narrow the terminal is. */
function exampleLines(command: Command, t: Texts['t']): string {
  const path: string[] = [];
  let top = command;
  for (; top.parent; top = top.parent) path.unshift(top.name());
  const lines = examplesOf(path).map((words) => `  ${top.name()} ${words}`);
  return ['', t('help.examples'), ...lines].join('\n');
}

async function summaryOf(name: string, { language, t }: Texts): Promise<string> {
  const entry = synchronisedEntries.find(({ meta }) => meta.id === name);
  if (entry === undefined) return t(`command.${name}.summary`);
  return createTranslator(language, await entry.texts[language]()).text('command.summary');
}

/**
 * Help is data. Commander writes that of a command that has nothing but commands of its own as if it were an error; the
 * errors themselves have their own words (`usage-error.ts`).
 */
export function helpTo({ write, width }: Sink): OutputConfiguration {
  return {
    writeOut: write,
    writeErr: write,
    outputError: () => {},
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
  };
}

/** Known only when the help is written: `configureOutput` comes after the program is built. */
function helpWidth(program: Command): number {
  return program.configureOutput().getOutHelpWidth?.() ?? 80;
}

export function applyToAll(command: Command, change: (command: Command) => unknown): void {
  change(command);
  for (const child of command.commands) applyToAll(child, change);
}

/** Beside a term a description needs so many columns to be readable; with less it goes below the term. */
const roomBeside = 36;

function formatItem(term: string, termWidth: number, description: string, help: Help): string {
  const width = help.helpWidth ?? 80;
  if (description === '' || width - termWidth - 4 >= roomBeside)
    return Help.prototype.formatItem.call(help, term, termWidth, description, help);
  return [`  ${term}`, ...indented(wrapSentence(description, width - 6), ' '.repeat(6))].join('\n');
}

/** The values that an option may have, and the one that it has when it is not there. */
function remarks(
  { argChoices, defaultValue, defaultValueDescription = defaultValue }: Option,
  t: Texts['t'],
): readonly string[] {
  const choices = argChoices ? [t('help.choices', { list: argChoices.join(', ') })] : [];
  const usual =
    typeof defaultValueDescription === 'string' && defaultValueDescription !== ''
      ? [t('help.default', { value: defaultValueDescription })]
      : [];
  const all = [...choices, ...usual];
  return all.length === 0 ? [] : [`(${all.join('; ')})`];
}

/** Commander's help with our headings; a list of choices and defaults in the reader's language. */
function localisedHelp({ t }: Texts): Partial<Help> {
  return {
    showGlobalOptions: false,
    // Korean letters take two columns.
    displayWidth,
    // Commander leaves text of less than 40 columns as it is.
    minWidthToWrap: 20,
    formatItem,
    styleTitle: (title) => {
      const headings: Readonly<Record<string, string>> = {
        'Usage:': t('help.usage'),
        'Arguments:': t('help.arguments'),
        'Options:': t('help.options'),
        'Global Options:': t('help.globalOptions'),
        'Commands:': t('help.commands'),
      };
      return headings[title] ?? title;
    },
    optionDescription: (option) => [option.description, ...remarks(option, t)].join(' '),
    // Alphabetical order would put `apply` before `doctor`; the order above is the order of work.
    sortSubcommands: false,
    // Of the commands that were not loaded only the name is known: the list would be uneven with the arguments of the
    // others.
    subcommandTerm: (command) => (command.parent?.parent ? new Help().subcommandTerm(command) : command.name()),
  };
}
