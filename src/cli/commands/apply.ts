import { Command } from 'commander';
import type { Plan } from '../../engine/plan.ts';
import { applyPlan } from '../../engine/rollout/apply-plan.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { approve } from '../approve.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened, type OpenedSession } from '../collect.ts';
import { knownProblems } from '../known-problem.ts';
import { knownRemedies, remedyWords, withRemedies, type RemedyOptions } from '../known-remedies.ts';
import { planChange, planView, unseenWords } from '../make-plan.ts';
import { withAccess, withCommon, withTargets, type AccessOptions, type TargetOptions } from '../options.ts';
import { readPlanFile } from '../read-plan-file.ts';
import { contextFor } from '../render/render-context.ts';
import { wrapSentence } from '../render/wrap.ts';
import { runWorld, withRollout, type RolloutOptions } from '../run-world.ts';
import { openSession, type FoundNodes, type Session } from '../session.ts';
import { tellResult } from '../tell-result.ts';
import type { Texts } from '../text.ts';

interface ApplyOptions extends TargetOptions, AccessOptions, RemedyOptions, Omit<RolloutOptions, 'nodes'> {}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('apply').summary(t('command.apply.summary')).description(t('command.apply.description'));
  return withRollout(withRemedies(withAccess(withTargets(withCommon(command, t), t), t), t), t)
    .argument('<plan-or-problems...>', t('argument.planOrProblems'))
    .action((words: readonly string[], options: ApplyOptions) => run((context) => apply(context, words, options)));
}

interface Approvable extends FoundNodes {
  readonly plan: Plan;
  readonly unseen: readonly string[];
  readonly nks: boolean;
}

async function apply(context: CommandContext, words: readonly string[], options: ApplyOptions): Promise<number> {
  const session = await openSession(context, options, 'apply');
  return withOpened(session, async (opened) => {
    // Before anything is read: flags that make no sense are no reason to wait for a plan.
    const world = runWorld({ context, session, opened, options, command: 'apply', targets: [] });
    const change = await approvable({ words, options, session, opened }, context);
    context.output.data.write(planView(change.plan, change, contextFor(context.output.data, session.texts)));
    // Nothing to do is done; nodes that could not be seen are not.
    if (change.plan.actions.length === 0) return change.unseen.length > 0 || change.plan.refused.length > 0 ? 6 : 0;
    const named = foldNodes(change.plan.nodes.map(({ name }) => name));
    const { hash, target, nodes } = change.plan;
    const place = target.kind === 'cluster' ? `${target.context} (${target.server})` : session.texts.t('approve.hosts');
    const question = session.texts.t('approve.apply', { hash: hash.slice(0, 8), count: nodes.length, nodes: named, place });
    await approve({ question, command: ['apply', ...words, ...remedyWords(options), ...session.repeat], yes: options.yes === true }, session, context);
    const result = await applyPlan({ ...world, targets: change.targets, plan: change.plan });
    tellResult(result, session, context);
    // It decides the exit code, and the plan that said it may have scrolled away.
    const unseen = unseenWords(change.unseen, session.texts);
    if (unseen !== undefined) context.output.notes.write(wrapSentence(unseen, context.output.notes.width).map((line) => `${line}\n`).join(''));
    return result.exitCode === 0 && change.unseen.length > 0 ? 6 : result.exitCode;
  });
}

interface Asked {
  readonly words: readonly string[];
  readonly options: ApplyOptions;
  readonly session: Session;
  readonly opened: OpenedSession;
}

/** A saved plan as it was approved, or a new one for the named problems. */
async function approvable({ words, options, session, opened }: Asked, context: CommandContext): Promise<Approvable> {
  const [first = ''] = words;
  const isSaved = words.length === 1 && isPlanFile(first);
  const asked = isSaved ? [] : knownProblems(words, 'apply');
  // A saved plan holds its remedies: to name one beside it is a mistake.
  const remedies = knownRemedies(options.remedy, asked, 'apply');
  if (!isSaved) return planChange({ session, opened, asked, remedies, command: 'apply' }, context);
  const plan = await readPlanFile(first, context);
  const found = await session.findNodes(opened.api, context.interrupt);
  return { ...found, plan, unseen: [], nks: false };
}

/** No problem's id has a dot or a slash in it. */
function isPlanFile(word: string): boolean {
  return /[./]/.test(word);
}
