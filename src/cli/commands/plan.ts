import { Option, type Command } from 'commander';
import { planDrains } from '../../engine/rollout/preflight/plan-drains.ts';
import { runOptions } from '../../app/runs/run-dependencies.ts';
import { requireShown } from '../../engine/hidden-lines.ts';
import { planText } from '../../engine/read-plan.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { evidenceFromBundle } from '../../app/evidence/from-bundle.ts';
import { configuredNames } from '../../app/configuration/image-replacements.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { declaredInputs, inputsOfRemedies, inputWords, type DeclaredInputs } from '../../app/inputs/declared-inputs.ts';
import { knownRemedies } from '../../app/inputs/known-remedies.ts';
import { readInputs } from '../../app/inputs/read-inputs.ts';
import { remedyWords, typedInputs, withInputs, withRemedies, type RemedyOptions } from '../options/inputs.ts';
import { planChange, planEvidence, type PlannedEvidence } from '../../app/plans/make-plan.ts';
import { saysNothing } from '../../app/plans/plan-scope.ts';
import { collectingCommand, documentFormats, outputOption } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import { withShowHidden, type ShowHiddenOptions } from '../options/show-hidden.ts';
import { signedOrTold } from '../runs/write-plan.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { SessionOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { planView } from '../render/plan/plan-view.ts';
import { diagnosisWords, withDiagnosis, type DiagnosisOptions } from '../options/diagnosis.ts';
import { askedSource, sourceWords, withSource, type SourceOptions } from '../options/source.ts';
import { bundleOption } from '../options/bundle.ts';

interface PlanOptions extends SessionOptions, RemedyOptions, SourceOptions, DiagnosisOptions, ShowHiddenOptions {
  readonly output: OutputFormat;
  readonly out?: string;
  readonly bundle?: string;
}

export async function define({ language, t }: Texts, run: RunCommand): Promise<Command> {
  const declared = inputsOfRemedies(await declaredInputs(language));
  const reads = collectingCommand('plan', t);
  return (
    withShowHidden(withSource(withInputs(withRemedies(withDiagnosis(reads, t, ['from']), t), declared), t), t)
      .argument('[problems...]', t('argument.problems'))
      .addOption(outputOption(t, documentFormats))
      .addOption(new Option('--out <file>', t('option.planOut')))
      // What a bundle hides of a file is not text to write: such a plan is for people, not for `apply`.
      .addOption(bundleOption(t, ['out', 'output', 'showHidden']))
      .action((ids: readonly string[], options: PlanOptions) => run((context) => plan(context, ids, options, declared)))
  );
}

async function plan(
  given: CommandContext,
  ids: readonly string[],
  options: PlanOptions,
  declared: readonly DeclaredInputs[],
): Promise<number> {
  const context = await withProblems(given, knownProblems(ids, 'plan'));
  const asked = context.problems;
  const typed = typedInputs(options, declared);
  const remedies = knownRemedies({ ...options, declared, typed }, asked, 'plan');
  const inputs = await readInputs(declared, remedies, { typed, command: 'plan', ...context });
  const source = await askedSource(options, ids.length === 0 ? [] : asked, 'plan', context);
  const session = await openSession(context, options, 'plan');
  const { since, to: upgradeTo } = options;
  const wants = { asked, since, upgradeTo, remedies, source, inputs, command: 'plan' };
  if (options.bundle !== undefined) {
    const evidence = await evidenceFromBundle(options.bundle, ids.length === 0 ? undefined : asked, session.namespace);
    const names = configuredNames(session.configuration);
    const seen = await planEvidence(evidence, { ...wants, names }, context);
    context.output.data.write(planView(seen.plan, seen, contextFor(context.output.data, session.texts)));
    return exitOf(seen);
  }
  const planned = await withOpened(session, async (opened) => {
    const change = await planChange({ session, opened, ...wants }, context);
    const options = runOptions({}, session.configuration, context.workingFolder);
    return { ...change, drains: await planDrains(change.plan, { ...opened, options, signal: context.interrupt }) };
  });
  if (!options.showHidden) requireShown(planned.plan);
  const isKept = options.out !== undefined || options.output === 'json' || options.output === 'yaml';
  const signed = isKept ? await signedOrTold(planned.plan, session, context) : planned.plan;
  if (options.out !== undefined) await writeResult(planText(signed), options.out, context);
  const named = ids.length === 0 ? planned.plan.problems : ids;
  const words = [
    ...named,
    ...remedyWords(options),
    ...inputWords(declared, typed),
    ...sourceWords(options),
    ...diagnosisWords(options),
  ];
  const next = nextCommand(words, options, session);
  const { data } = context.output;
  const text = await inFormat(options.output, {
    document: () => signed,
    table: () =>
      planView(
        planned.plan,
        { ...planned, next, shown: options.showHidden ? 'all' : 'masked' },
        contextFor(data, session.texts),
      ),
  });
  data.write(text);
  return exitOf(planned);
}

/** 5 where it cannot say what would change, as for commands that read. */
function exitOf({ plan: made, scope }: PlannedEvidence): 0 | 5 {
  return saysNothing(made, scope) ? 5 : 0;
}

/** A saved plan is bound to what it was made from; without one the problems are named again. */
function nextCommand(words: readonly string[], { out }: PlanOptions, session: CommandSession): string {
  const rest = out === undefined ? [...words, ...session.repeat] : [out, ...session.repeatAccess];
  return commandLine(['nodemend', 'apply', ...rest]);
}
