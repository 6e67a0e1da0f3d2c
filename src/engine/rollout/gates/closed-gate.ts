import { NodemendError } from '../../../errors/nodemend-error.ts';
import { sentenceParams, sentenceText } from '../../../errors/sentences.ts';
import type { Plan } from '../../plan.ts';
import type { RunOptions, StopReason } from '../../run.ts';
import type { NodeWork } from '../node-work.ts';
import type { RunDependencies } from '../run-request.ts';
import type { RunSession } from '../session.ts';
import { readCluster } from '../preflight/cluster-reading.ts';
import { drainPolicy } from '../preflight/drain-decision.ts';
import { DrainPreflight } from '../preflight/preflight.ts';
import { preflightSentences } from '../preflight/preflight-words.ts';
import { awaitGates, closedWindow } from './await-gates.ts';
import { blockerSentences } from './blocker-words.ts';
import type { Blocker } from './blocker.ts';
import { longestMsOf, longestNodeMs } from './node-duration.ts';

type ClosedGate = Extract<StopReason, { why: 'gate' }>;

/** Why these nodes are not begun, when what keeps them was waited for. @throws the signal's reason */
export async function closedGate(session: RunSession, works: readonly NodeWork[]): Promise<ClosedGate | undefined> {
  const { api, options, timing, signal, run } = session;
  const nodes = works.map(({ node }) => node);
  const needsMs = neededMs(works, options);
  const blockers = await awaitGates({
    api,
    gates: options.gates,
    timing,
    signal,
    nodes,
    needsMs,
    othersToo: works.some(({ actions }) => actions.some(({ action }) => action.disrupts === 'reboot')),
    onWait: (waited) => {
      const sentences = blockerSentences(waited);
      const [what, params] = [sentenceText('en', sentences), sentenceParams('what', sentences)];
      session.emit({ event: 'waiting', nodes, what, params, seconds: options.gates.waitSeconds });
    },
  });
  if (blockers.length === 0) return blockedTogether(session, works);
  const params = { nodes: nodes.join(', '), ...sentenceParams('what', blockerSentences(blockers)), run };
  return reasonOf(blockers, needsMs) ?? { why: 'gate', code: 'ROLLOUT_BLOCKED', params };
}

/** Whether nodes that may go one by one can go at the same time: what they hold has to fit beside them. */
async function blockedTogether(
  { api, options, transport, signal }: RunSession,
  works: readonly NodeWork[],
): Promise<ClosedGate | undefined> {
  const nodes = works
    .filter(({ touched, actions }) => !touched && actions.some(({ action }) => action.disrupts === 'reboot'))
    .map(({ node }) => node);
  if (!api || nodes.length < 2) return undefined;
  const policy = drainPolicy(options.drain, transport);
  const { blockers } = new DrainPreflight(await readCluster(api, signal), policy).of(nodes);
  if (blockers.length === 0) return undefined;
  const what = sentenceParams('what', preflightSentences(blockers));
  const params = { node: nodes.join(', '), ...what, context: 'together' };
  return { why: 'gate', code: 'DRAIN_BLOCKED', params };
}

/** Without asking anybody. */
export function shutWindow({ options, timing }: RunSession, works: readonly NodeWork[]): ClosedGate | undefined {
  const needsMs = neededMs(works, options);
  return reasonOf(closedWindow(options.gates, timing.now(), needsMs), needsMs);
}

/** So that nobody approves what may not be begun. @throws NodemendError WINDOW_CLOSED */
export function requireOpenWindow(plan: Plan, { options, timing }: Pick<RunDependencies, 'options' | 'timing'>): void {
  if (plan.nodes.length === 0) return;
  const needsMs = Math.min(...longestMsOf(plan, plan.nodes, options));
  const closed = reasonOf(closedWindow(options.gates, timing?.now() ?? Date.now(), needsMs), needsMs);
  if (closed) throw new NodemendError(closed.code, { ...closed.params, context: 'start' });
}

function neededMs(works: readonly NodeWork[], options: RunOptions): number {
  return Math.max(
    0,
    ...works.map(({ actions }) =>
      longestNodeMs(
        actions.map(({ action }) => action),
        options,
      ),
    ),
  );
}

function reasonOf(blockers: readonly Blocker[], needsMs: number): ClosedGate | undefined {
  const closed = blockers.find((blocker) => blocker.by === 'window');
  if (!closed) return undefined;
  const opensAt = new Date(closed.opensAt).toISOString();
  return { why: 'gate', code: 'WINDOW_CLOSED', params: { opensAt, minutes: Math.ceil(needsMs / 60_000) } };
}
