import { actionKind } from '../../../actions/action-kinds.ts';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import { nothingHidden } from '../../../actions/hidden-lines.ts';
import { hiddenOf } from '../../../engine/hidden-lines.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { PlannedDrains } from '../../../engine/rollout/preflight/plan-drains.ts';
import type { Shown } from '../../../engine/preview-action.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Problem } from '../../../problems/problem.ts';
import type { Translate } from '../../../app/texts/texts.ts';
import { diffLines } from '../diff-lines.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { printable } from '../../../text/printable.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { shortInstant } from '../instant.ts';
import { indented, labelled, wrapNodeSet, wrapSentence } from '../wrap.ts';
import { kindText } from '../kind-text.ts';
import { drainBlock } from './drain-block.ts';
import { hiddenWords } from './hidden-words.ts';
import { groupActions, subjectOf, type ActionGroup } from './group.ts';
import { objectBlock } from './object-block.ts';

export interface PlanViewOptions {
  /** The action kind's own preview: a unified diff, or the words that stand for one. */
  readonly preview: (action: ActionSpec) => string;
  /** Masked lines are told, unless they are shown. */
  readonly shown?: Shown;
  readonly problems: readonly Pick<Problem, 'meta'>[];
  /** On NKS nodes: the provider's caution about editing them is printed with the plan. */
  readonly nks: boolean;
  /** The command that carries the plan out. */
  readonly next?: string;
  /** What the drains of a plan that reboots would meet. */
  readonly drains?: PlannedDrains | undefined;
  /** How much of what was asked for could be seen; all where nobody says. */
  readonly seen?: 'all' | 'part' | 'nothing';
  /** What the plan does nothing about. */
  readonly leftAlone?: readonly string[];
}

const indent = '  ';

/**
 * The plan for people: per kind of change the nodes, why, the diff, the risk and how it is undone; then what was
 * refused.
 */
export function renderPlan(plan: Plan, options: PlanViewOptions, context: RenderContext): string {
  const { texts, paint, width } = context;
  const groups = groupActions(plan, options.preview);
  const { clusterActions = [] } = plan;
  return joinBlocks([
    scopeLines(plan, context),
    ...groups.map((group) => groupBlock(group, options, context)),
    ...clusterActions.map((action) => objectBlock(action, context, options.shown)),
    drainBlock(options.drains, options.nks, context),
    refusedBlock(plan, context),
    options.nks && groups.length > 0 ? wrapSentence(texts.t('plan.nksCaution'), width) : [],
    [...wrapSentence(summary(plan, options, texts.t), width), ...(options.leftAlone ?? [])],
    options.next === undefined || groups.length + clusterActions.length === 0
      ? []
      : [`${paint('place', texts.t('next'))} ${printable(options.next)}`],
  ]);
}

function scopeLines({ hash, target, madeAt }: Plan, { texts: { t }, paint, width }: RenderContext): readonly string[] {
  const where =
    target.kind === 'cluster' ? t('plan.cluster', { name: target.context, server: target.server }) : t('plan.hosts');
  const line = [t('plan.name', { hash: hash.slice(0, 12) }), where, shortInstant(madeAt)].join(', ');
  return wrapSentence(line, width).map((part) => paint('quiet', part));
}

function groupBlock(group: ActionGroup, options: PlanViewOptions, context: RenderContext): readonly string[] {
  const { texts, paint, width } = context;
  const { first, actions } = group;
  const { shown } = options;
  const { t } = texts;
  const room = width - indent.length;
  const path = subjectOf(first);
  const nodes = t('count.nodes', { count: new Set(actions.map(({ node }) => node)).size });
  const head = path === '' ? nodes : t('plan.head', { path, nodes });
  const kind = actionKind(first.kind);
  const words = kind.words(first);
  const why = t(`problems.${first.problem}.${first.why.key}`, mergeParams(actions.map((action) => action.why.params)));
  const sentences = [
    t('plan.why', { why }),
    t('plan.risk', { risk: riskWords(first, options, t) }),
    t('plan.undo', { undo: kindText(kind, texts.language, `undo.${words.undo}`) }),
    ...(kind.tells?.(first) ?? []).map(({ key, params }) => kindText(kind, texts.language, key, params)),
  ];
  return [
    ...labelled({ text: kindText(kind, texts.language, `change.${words.change}`), tone: 'warn' }, head, context),
    ...indented(wrapNodeSet(printable(foldNodes(actions.map(({ node }) => node))), room), indent),
    ...sentences.flatMap((sentence) => indented(wrapSentence(sentence, room), indent)),
    ...checkLines(first, context).flatMap((line) => indented([line], indent)),
    ...diffLines(group.preview, paint).map((line) => `${indent}${line}`.trimEnd()),
    ...hiddenWords(shown === 'all' ? nothingHidden : hiddenOf(first), context).flatMap((line) =>
      indented([line], indent),
    ),
  ];
}

/**
 * What of the plan is handed to programs beside the diff: a check without arguments is given nothing but the path and
 * the staged file.
 */
function checkLines(action: ActionSpec, { texts, width }: RenderContext): readonly string[] {
  return actionKind(action.kind)
    .checks(action)
    .filter(({ args }) => args.length > 0)
    .flatMap(({ check, args }) => [
      ...wrapSentence(texts.t('plan.check', { check }), width - indent.length),
      ...args.flatMap((arg) => arg.split('\n').map((line) => `${indent}${printable(line)}`)),
    ]);
}

function riskWords(action: ActionSpec, { problems }: PlanViewOptions, t: Translate): string {
  if (action.disrupts !== undefined) return t(`plan.riskOf.${action.disrupts}`);
  const risk = problems.find(({ meta }) => meta.id === action.problem)?.meta.remedyRisk ?? 'low';
  return t(`plan.riskOf.${risk}`);
}

/** What a person has to mend: each reason once, with its nodes. */
export function refusedBlock(plan: Plan, context: RenderContext): readonly string[] {
  if (plan.refused.length === 0) return [];
  const { texts, width } = context;
  const { t } = texts;
  const about = new Set(plan.refused.map(({ node, object = '' }) => node || object)).size;
  const causes = Map.groupBy(plan.refused, (one) => refusalKey(one) + belongingTogether(one));
  const reasons = [...causes.values()].map((refused) => {
    const [first] = refused;
    const key = first === undefined ? '' : refusalKey(first);
    const params = mergeParams(refused.map((one) => one.params));
    const words = [t(key, params), ...('others' in params ? [t('plan.refusedWith', params)] : [])].join('; ');
    return { nodes: refusedNames(refused), words };
  });
  const byNodes = [...Map.groupBy(reasons, ({ nodes }) => nodes)];
  return [
    ...labelled({ text: t('plan.refused'), tone: 'unknown' }, t(headKey(plan.refused), { count: about }), context),
    ...byNodes.flatMap(([nodes, ones]) =>
      indented(
        reasonLines(
          nodes,
          ones.map(({ words }) => words),
          { ...context, width: width - indent.length },
        ),
        indent,
      ),
    ),
  ];
}

const listed = '- ';

/** Several reasons are listed below their nodes, which are named once: a set of many nodes is longer than a reason. */
function reasonLines(
  nodes: string,
  reasons: readonly string[],
  { texts: { t }, width }: RenderContext,
): readonly string[] {
  const [first = '', ...more] = reasons;
  if (more.length === 0) return wrapSentence(t('plan.refusedReason', { nodes, words: first }), width);
  return [
    ...wrapNodeSet(t('plan.refusedReason', { nodes, words: '' }).trimEnd(), width),
    ...reasons.flatMap((words) => indented(wrapSentence(words, width - listed.length), listed)),
  ];
}

/** A warning whose remedy nobody named, and a remedy that has nothing to do, are nobody's task. */
function headKey(refused: Plan['refused']): string {
  if (refused.every(({ optional }) => optional)) return 'plan.optional';
  return refused.every(({ node }) => node !== '') ? 'plan.refusedHead' : 'plan.refusedObjects';
}

const namedObjects = 5;

function refusedNames(refused: Plan['refused']): string {
  const nodes = [...new Set(refused.flatMap(({ node }) => (node === '' ? [] : [node])))];
  const objects = [...new Set(refused.flatMap(({ object }) => object ?? []))];
  const shown = objects.length > namedObjects ? [...objects.slice(0, namedObjects), `… (${objects.length})`] : objects;
  return [...(nodes.length === 0 ? [] : [foldNodes(nodes)]), ...shown].map(printable).join(', ');
}

/** A digest is that of one image at one place, which a person may accept: among others nobody knows whose it is. */
function belongingTogether({ params }: Plan['refused'][number]): string {
  return 'digest' in params ? JSON.stringify(params) : '';
}

/**
 * Refusals of the engine itself (`engineRefusals`) have their words in the shell's texts, the others in their
 * problem's.
 */
function refusalKey({ problem, key }: Plan['refused'][number]): string {
  return key.startsWith('engine:') ? `plan.refusal.${key.slice('engine:'.length)}` : `problems.${problem}.${key}`;
}

function summary(plan: Plan, { seen = 'all' }: PlanViewOptions, t: Translate): string {
  const { actions, clusterActions = [] } = plan;
  if (actions.length + clusterActions.length === 0)
    return t(plan.refused.every(({ optional }) => optional) ? `plan.nothingOf.${seen}` : 'plan.nothingSafe');
  const nodes = new Set(actions.map(({ node }) => node)).size;
  const changes = [
    ...(actions.length === 0
      ? []
      : [t('plan.summary', { count: actions.length, nodes: t('count.nodes', { count: nodes }) })]),
    ...(clusterActions.length === 0 ? [] : [t('plan.objectsSummary', { count: clusterActions.length })]),
  ].join(' ');
  const disrupts = [...new Set([...actions, ...clusterActions].flatMap((action) => action.disrupts ?? []))];
  if (disrupts.length === 0) return `${changes} ${t('plan.undisturbed')}`;
  return `${changes} ${t('plan.disturbed', { flag: `--allow ${disrupts.join(',')}` })}`;
}
