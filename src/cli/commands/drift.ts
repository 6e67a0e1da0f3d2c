import { Command } from 'commander';
import type { driftExit } from '../../engine/drift-exit.ts';
import { createTranslator } from '../../locales/translator.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import type { WantedFile } from '../../problems/kit/synchronise.ts';
import { compare } from '../../app/evidence/compare.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { planChange } from '../../app/plans/make-plan.ts';
import { documentFormats, outputOption, withAccess, withCommon, withTargets, withTimeout } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { driftDocument } from '../../app/documents/drift/document.ts';
import { troubledNames } from '../render/findings/subject.ts';
import { renderDrift } from '../render/drift/view.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { withShowHidden, type ShowHiddenOptions } from '../options/show-hidden.ts';
import { dependenciesOf, rolloutWords, withRollout, type RolloutOptions } from '../options/rollout.ts';
import { openSession } from '../options/open-session.ts';
import { readWantedSource, wantedPath } from '../../app/plans/wanted-source.ts';
import { problemOfSource, type SynchronisedProblem } from '../../app/problems/synchronised.ts';
import { withProblems, type Loaded } from '../../app/problems/with-problems.ts';
import { createTexts, type Texts } from '../../app/texts/texts.ts';
import type { NodesOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { applyChange } from '../runs/apply-change.ts';
import { askedStanding, withStandingApproval, type StandingOptions } from '../options/standing-approval.ts';
import { sourceWords, withSource, type SourceOptions } from '../options/source.ts';
import { bundleOption } from '../options/bundle.ts';

interface DiffOptions extends NodesOptions, SourceOptions {
  readonly output: OutputFormat;
  readonly bundle?: string;
}

interface SyncOptions
  extends NodesOptions, SourceOptions, StandingOptions, ShowHiddenOptions, Omit<RolloutOptions, 'nodes'> {
  readonly from: string;
}

/** `nodemend <problem> diff|sync`, for a problem that keeps one file the same on all nodes. */
export async function driftCommand(entry: CatalogueEntry, { language, t }: Texts, run: RunCommand): Promise<Command> {
  const own = createTranslator(language, await entry.texts[language]());
  const child = (name: 'diff' | 'sync'): Command => {
    const command = new Command(name)
      .summary(t(`command.drift-${name}.summary`))
      .description(t(`command.drift-${name}.description`));
    const sourced = withSource(command, t, { mandatory: name === 'sync' });
    return withTimeout(withAccess(withTargets(withCommon(sourced, t), t), t), t);
  };
  const withOwn =
    <Options>(
      work: (found: SynchronisedProblem, options: Options, context: CommandContext & Loaded) => Promise<number>,
      options: Options,
    ) =>
    async (given: CommandContext): Promise<number> => {
      const context = await withProblems(given, [entry]);
      return work(problemOfSource(context.problems, entry.meta.id), options, context);
    };
  return new Command(entry.meta.id)
    .summary(own.text('command.summary'))
    .description(own.text('command.description'))
    .addCommand(
      child('diff')
        .addOption(outputOption(t, [...documentFormats, 'name']))
        .addOption(bundleOption(t))
        .action((options: DiffOptions) => run(withOwn(diff, options))),
    )
    .addCommand(
      withShowHidden(withStandingApproval(withRollout(child('sync'), t), t), t).action((options: SyncOptions) =>
        run(withOwn(sync, options)),
      ),
    );
}

async function diff(
  found: SynchronisedProblem,
  options: DiffOptions,
  context: CommandContext & Loaded,
): Promise<number> {
  const { problem } = found;
  const { id } = problem.meta;
  const command = `${id} diff`;
  const wanted: WantedFile =
    options.from === undefined
      ? { path: wantedPath(options.path, found, context) }
      : await readWantedSource(options.from, options.path, found, context);
  const session = await openSession(context, options, command);
  const { exitCode, ...report } = await compare(
    { ...found, session, wanted, bundle: options.bundle, command },
    context,
  );
  const next = nextWords(id, options, exitCode);
  const repeat = options.bundle === undefined ? session.repeat : ['--bundle', options.bundle];
  const { data } = context.output;
  const text = await inFormat(options.output, {
    document: () => driftDocument(report, exitCode, createTexts('en', context.problems)),
    names: () => troubledNames(report.drift.nodes.map(({ finding }) => finding)),
    table: () =>
      renderDrift(
        report,
        { diffs: true, ...(next === undefined ? {} : { next: commandLine(['nodemend', ...next, ...repeat]) }) },
        contextFor(data, session.texts),
      ),
  });
  data.write(text);
  return exitCode;
}

/**
 * Without a source there is nothing to make nodes equal to; from a bundle nothing is made equal, and no node is asked.
 */
function nextWords(
  id: string,
  options: DiffOptions,
  exitCode: ReturnType<typeof driftExit>,
): readonly string[] | undefined {
  if (exitCode === 0 || (options.bundle !== undefined && (exitCode === 5 || options.from !== undefined)))
    return undefined;
  if (exitCode === 5) return ['doctor'];
  return options.from === undefined
    ? [id, 'diff', ...sourceWords({ ...options, from: 'FILE' })]
    : [id, 'sync', ...sourceWords(options)];
}

async function sync(
  found: SynchronisedProblem,
  options: SyncOptions,
  context: CommandContext & Loaded,
): Promise<number> {
  const { problem, synchronise } = found;
  const { id } = problem.meta;
  const command = `${id} sync`;
  const standing = await askedStanding(options, context);
  const wanted = await readWantedSource(options.from, options.path, found, context);
  const session = await openSession(context, options, command);
  return withOpened(session, async (opened) => {
    // Before anything is read: flags that make no sense are not a reason to wait for a plan.
    const dependencies = dependenciesOf({ context, session, opened, options, command, targets: [] });
    const change = await planChange(
      { session, opened, asked: [problem], remedies: new Set(), source: { ...found, wanted }, command },
      context,
    );
    const { data } = context.output;
    const { evidence } = change.scope;
    const report = { problem: id, evidence, drift: synchronise.drift(evidence, wanted) };
    const view = contextFor(data, session.texts);
    // The plan that follows shows the bytes.
    const steps = change.plan.actions.length === 0 ? {} : { standsFor: standsFor(id, options, session.repeat) };
    data.write(`${renderDrift(report, { diffs: false, ...steps }, view)}\n`);
    const words = [id, 'sync', ...sourceWords(options), ...rolloutWords(options)];
    return applyChange(
      change,
      {
        dependencies,
        session,
        command: words,
        yes: options.yes === true,
        standing,
        source: wanted.source.sha256,
        showHidden: options.showHidden,
      },
      context,
    );
  });
}

/** The same in two steps, with a file between them that can be read, sent and approved elsewhere. */
function standsFor(id: string, options: SourceOptions, repeat: readonly string[]): readonly string[] {
  return [
    commandLine(['nodemend', 'plan', id, ...sourceWords(options), '--out', 'plan.json', ...repeat]),
    commandLine(['nodemend', 'apply', 'plan.json', ...repeat]),
  ];
}
