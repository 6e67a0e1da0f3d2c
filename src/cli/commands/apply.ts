import type { Command } from 'commander';
import { type Approvable } from '../../app/runs/carry-out.ts';
import { runOptions } from '../../app/runs/run-dependencies.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened, type OpenedSession } from '../../app/evidence/collect.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { declaredInputs, inputsOfRemedies, inputWords, type DeclaredInputs } from '../../app/inputs/declared-inputs.ts';
import { knownRemedies } from '../../app/inputs/known-remedies.ts';
import { readInputs } from '../../app/inputs/read-inputs.ts';
import { remedyWords, typedInputs, withInputs, withRemedies, type RemedyOptions } from '../options/inputs.ts';
import { planChange } from '../../app/plans/make-plan.ts';
import { collectingCommand } from '../options/shared.ts';
import { readPlanFile, type SavedPlan } from '../../app/plans/read-plan-file.ts';
import { withShowHidden, type ShowHiddenOptions } from '../options/show-hidden.ts';
import { withDrain } from '../options/drain.ts';
import { withGates } from '../options/gates.ts';
import { dependenciesOf, rolloutRequest, rolloutWords, withRollout, type RolloutOptions } from '../options/rollout.ts';
import { withDryRun, type DryRunOptions } from '../options/dry-run.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { SessionOptions } from '../options/session-options.ts';
import { collectingChoice, nodeChoice, requireNone } from '../options/without-effect.ts';
import { applyChange } from '../runs/apply-change.ts';
import { withEventOutput, withEvents, type EventOptions } from '../runs/with-events.ts';
import { typedHash, withPlanHash, type PlanHashOptions } from '../options/plan-hash.ts';
import { askedStanding, withStandingApproval, type StandingOptions } from '../options/standing-approval.ts';
import { diagnosisWords, withDiagnosis, type DiagnosisOptions } from '../options/diagnosis.ts';
import { askedSource, sourceWords, withSource, type SourceOptions } from '../options/source.ts';

interface ApplyOptions
  extends
    SessionOptions,
    RemedyOptions,
    SourceOptions,
    DiagnosisOptions,
    StandingOptions,
    EventOptions,
    PlanHashOptions,
    ShowHiddenOptions,
    DryRunOptions,
    Omit<RolloutOptions, 'nodes'> {}

export async function define({ language, t }: Texts, run: RunCommand): Promise<Command> {
  const declared = inputsOfRemedies(await declaredInputs(language));
  const reads = collectingCommand('apply', t);
  const diagnosed = withDiagnosis(reads, t, ['from']);
  const changes = withDryRun(withSource(withInputs(withRemedies(diagnosed, t), declared), t), t);
  return withEventOutput(
    withShowHidden(withPlanHash(withStandingApproval(withGates(withDrain(withRollout(changes, t), t), t), t), t), t),
    t,
  )
    .argument('<plan-or-problems...>', t('argument.planOrProblems'))
    .action((words: readonly string[], options: ApplyOptions) =>
      run((given) => withEvents(given, options, (context) => apply(context, words, options, declared))),
    );
}

async function apply(
  given: CommandContext,
  words: readonly string[],
  options: ApplyOptions,
  declared: readonly DeclaredInputs[],
): Promise<number> {
  const isSaved = isSavedPlan(words, options);
  const standing = await askedStanding(options, given);
  const hash = typedHash(options, 'apply');
  const context = await withProblems(given, isSaved ? undefined : knownProblems(words, 'apply'));
  const asked = isSaved ? [] : context.problems;
  const typed = typedInputs(options, declared);
  const remedies = knownRemedies({ ...options, declared, typed }, asked, 'apply');
  const inputs = await readInputs(declared, remedies, { typed, command: 'apply', ...context });
  const source = await askedSource(options, asked, 'apply', context);
  const { since, to: upgradeTo } = options;
  const session = await openSession(context, options, 'apply');
  // What makes no sense is told before anything is asked.
  runOptions(rolloutRequest(options, 'apply', session.configuration), session.configuration, context.workingFolder);
  return withOpened(session, async (opened) => {
    // Before anything is read: flags that make no sense are not a reason to wait for a plan.
    const dependencies = dependenciesOf({ context, session, opened, options, command: 'apply', targets: [] });
    const saved = isSaved ? await readPlanFile(words[0] ?? '', context) : undefined;
    const change = saved
      ? await savedChange({ saved, session, opened, options }, context)
      : await planChange(
          { session, opened, asked, since, upgradeTo, remedies, source, inputs, command: 'apply' },
          context,
        );
    const command = [
      'apply',
      ...words,
      ...remedyWords(options),
      ...inputWords(declared, typed),
      ...sourceWords(options),
      ...diagnosisWords(options),
      ...rolloutWords(options),
    ];
    const sha256 = source === undefined ? {} : { source: source.wanted.source.sha256 };
    const { showHidden } = options;
    const approval = { yes: options.yes === true, standing, saved, planHash: hash, showHidden };
    const { dryRun } = options;
    return applyChange(change, { dependencies, session, command, dryRun, ...approval, ...sha256 }, context);
  });
}

/**
 * A saved plan is one plan, read by somebody: it is approved by itself, and holds its source, its remedies and what was
 * collected for it. To name them beside it is a mistake. @throws NodemendError USAGE
 */
function isSavedPlan(words: readonly string[], options: ApplyOptions): boolean {
  const params = { context: 'conflict', command: 'apply', other: words.join(' ') } as const;
  if (words.some(isPlanFile)) requireNone(options, ['approval'], params);
  const isSaved = words.length === 1 && words.some(isPlanFile);
  if (isSaved) requireNone(options, ['from', 'path', 'remedy', 'since', 'to', ...collectingChoice], params);
  return isSaved;
}

interface SavedChangeRequest {
  readonly saved: SavedPlan;
  readonly session: CommandSession;
  readonly opened: OpenedSession;
  readonly options: ApplyOptions;
}

/** As it was approved. @throws NodemendError USAGE where nodes were chosen for a plan that has none */
async function savedChange(
  { saved: { plan, file }, session, opened, options }: SavedChangeRequest,
  context: CommandContext,
): Promise<Approvable> {
  if (plan.nodes.length === 0) requireNone(options, nodeChoice, { context: 'conflict', command: 'apply', other: file });
  const found =
    plan.nodes.length === 0 ? { nodes: [], targets: [] } : await session.findNodes(opened.api, context.interrupt);
  return { ...found, plan, nks: false };
}

/** No problem's id has a dot or a slash in it. */
function isPlanFile(word: string): boolean {
  return /[./]/.test(word);
}
