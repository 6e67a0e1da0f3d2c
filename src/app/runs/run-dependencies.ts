import { hostname } from 'node:os';
import { defaultLease } from '../../engine/default-lease.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { parseBatchSize, type BatchSize } from '../../engine/rollout/batch-size.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import { defaultRunOptions, type RunOptions } from '../../engine/run.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import { gateOptions, type GateRequest } from './gate-options.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';

/** How a change is rolled out; what is not said the configuration says, and what it does not say the engine. */
export interface RolloutRequest extends Partial<Pick<RunOptions, 'batches' | 'maxFailures' | 'soakSeconds' | 'owner'>> {
  /** Nodes of the first batch, before all others; 0 for none. */
  readonly canary?: number | undefined;
  readonly maxUnavailable?: BatchSize | undefined;
  readonly within?: RunOptions['within'];
  readonly allow?: RunOptions['allow'];
  readonly named?: RunOptions['named'];
  readonly drain?: Partial<RunOptions['drain']>;
  readonly gates?: GateRequest;
}

export interface DependenciesRequest {
  readonly session: Session;
  readonly opened: OpenedSession;
  /** Without them only objects of the API are changed, or which they are is known when there is a plan. */
  readonly targets?: readonly NodeTarget[];
  readonly rollout?: RolloutRequest;
  readonly onEvent: RunDependencies['onEvent'];
}

/**
 * What the engine needs to change nodes and objects: the request over the configuration over the engine's defaults.
 * @throws NodemendError BATCH_SIZE_INVALID
 */
export function runDependencies(
  { session, opened, targets = [], rollout = {}, onEvent }: DependenciesRequest,
  { environment, interrupt, problems, workingFolder }: Ports & Loaded,
): RunDependencies {
  const { transport, api, archives } = opened;
  const { leaseNamespace } = session.configuration;
  return {
    ...(api ? { api } : {}),
    ...(leaseNamespace === undefined ? {} : { lease: { ...defaultLease, namespace: leaseNamespace } }),
    ...(transport ? { transport } : {}),
    ...(archives ? { archives } : {}),
    targets,
    journal: journalStore(runsFolder(environment)),
    problems,
    options: runOptions(rollout, session.configuration, workingFolder),
    onEvent,
    signal: interrupt,
  };
}

/** Reads no file and asks nobody. @throws NodemendError BATCH_SIZE_INVALID, ROLLOUT_GATE_INVALID */
export function runOptions(
  request: RolloutRequest,
  { rollout = {} }: Configuration,
  workingFolder: string,
): RunOptions {
  return {
    ...defaultRunOptions,
    batches: batchSizes(request, rollout),
    within: request.within ?? withinOf(rollout),
    maxUnavailable: mostUnavailable(request, rollout),
    maxFailures: request.maxFailures ?? defaultRunOptions.maxFailures,
    soakSeconds: request.soakSeconds ?? rollout.soakSeconds ?? defaultRunOptions.soakSeconds,
    allow: request.allow ?? [],
    named: request.named ?? [],
    drain: { ...defaultRunOptions.drain, ...rollout.drain, ...request.drain },
    gates: gateOptions(request.gates ?? {}, rollout, workingFolder),
    owner: request.owner ?? `${ownUser()}@${hostname()}`,
  };
}

function withinOf({ batchesWithin }: NonNullable<Configuration['rollout']>): RunOptions['within'] {
  return batchesWithin === 'node-group' ? 'group' : batchesWithin;
}

function mostUnavailable(
  { maxUnavailable }: RolloutRequest,
  { maxUnavailable: configured }: NonNullable<Configuration['rollout']>,
): BatchSize | undefined {
  return maxUnavailable ?? (configured === undefined ? undefined : parseBatchSize(String(configured)));
}

/** The canary is the first batch; what follows it was asked for, else is the configuration's, else 10 % and all. */
function batchSizes(request: RolloutRequest, rollout: NonNullable<Configuration['rollout']>): readonly BatchSize[] {
  const sizes = request.batches ?? rollout.batches?.map((size) => parseBatchSize(String(size)));
  const canary = request.canary ?? rollout.canary;
  if (canary === undefined) return sizes ?? defaultRunOptions.batches;
  const rest = sizes ?? defaultRunOptions.batches.slice(1);
  return canary === 0 ? rest : [{ nodes: canary }, ...rest];
}
