import { systemTiming } from '../../kubernetes/timing.ts';
import { ownProcess } from '../journal/process-identity.ts';
import type { Journal } from '../journal/journal.ts';
import { findCheck } from '../find-check.ts';
import type { RunKind } from '../run.ts';
import { newSession } from '../run-id.ts';
import type { RunLease } from './run-lease.ts';
import type { RunDependencies } from './run-request.ts';
import type { RunSession } from './session.ts';

export interface SessionRequest {
  readonly run: string;
  readonly kind: RunKind;
  /** Hash of the plan; empty where only the nodes know it. */
  readonly plan: string;
  readonly problems: readonly string[];
  readonly nodes: readonly string[];
  /** How many the plan has, where this process does not know them all. */
  readonly nodeCount?: number;
  /** Objects of the API that the run changes. */
  readonly objects?: readonly string[];
  readonly lease: RunLease;
}

/**
 * Opens the journal and writes down who begins what; nothing has been touched before that line is on the disk.
 * @throws NodemendError JOURNAL_UNWRITABLE.
 */
export async function openSession(dependencies: RunDependencies, request: SessionRequest): Promise<RunSession> {
  const session = newSession();
  const { run, kind, plan, nodes, objects = [] } = request;
  const journal = await dependencies.journal.open(run, session);
  const opened: RunSession = {
    run,
    session,
    kind,
    startedAt: new Date(dependencies.timing?.now() ?? Date.now()).toISOString(),
    plan,
    nodeCount: Math.max(nodes.length, request.nodeCount ?? 0),
    options: dependencies.options,
    journal,
    transport: dependencies.transport,
    api: dependencies.api,
    secret: dependencies.secret ?? (() => undefined),
    archives: dependencies.archives,
    targets: new Map(dependencies.targets.map((target) => [target.name, target])),
    check: (reference) => findCheck(dependencies.problems, reference),
    timing: dependencies.timing ?? systemTiming,
    emit: dependencies.onEvent,
    signal: dependencies.signal,
    assertHeld: request.lease.assertHeld,
  };
  await begin(journal, dependencies, request).catch(async (error: unknown) => {
    await journal.close();
    throw error;
  });
  dependencies.onEvent({ event: 'started', run, kind, nodes, objects: objects.length });
  return opened;
}

async function begin(
  journal: Journal,
  dependencies: RunDependencies,
  { run, kind, plan, problems, nodes, objects = [] }: SessionRequest,
): Promise<void> {
  const { batches, maxUnavailable, allow, named, gates, drain, ...rest } = dependencies.options;
  await journal.write({
    entry: 'begin',
    kind,
    run,
    plan,
    problems: [...problems],
    nodes: [...nodes],
    ...(objects.length === 0 ? {} : { objects: [...objects] }),
    options: {
      ...rest,
      batches: [...batches],
      maxUnavailable,
      allow: [...allow],
      named: [...named],
      drain: { ...drain, acceptUncertain: [...drain.acceptUncertain] },
      gates: {
        ...gates,
        blockingPodSelectors: [...gates.blockingPodSelectors],
        mixedVersions: [...gates.mixedVersions],
      },
    },
    process: ownProcess(),
  });
}
