import { z } from 'zod';
import { clusterActionSchema } from '../../../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';

export const clusterRecordSchema = 'nodemend.dev/cluster-record/v1';

/**
 * How far an action on an object got. `applying`: it was as before right before the change, and nothing more is known.
 * `already`: the object was as wanted without us, so nothing is undone.
 */
const phases = ['planned', 'already', 'applying', 'applied', 'undoing', 'undone'] as const;

export type ObjectPhase = (typeof phases)[number];

/**
 * What a run changes in the cluster and how far it got, as the cluster itself keeps it: another machine can undo it. It
 * holds no secrets, because no action does.
 */
export interface ClusterRecord {
  readonly schema: typeof clusterRecordSchema;
  readonly run: string;
  /** Which process writes; one that finds another's name here stops. */
  readonly session: string;
  /** Who started the run, `user@host`. */
  readonly owner: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Hash of the plan. */
  readonly plan: string;
  readonly problems: readonly string[];
  /** How many nodes the plan changes: their own records are on them. */
  readonly nodes: number;
  /** `taking-back`: a failure or an undo; never goes forward again. */
  readonly state: 'going' | 'taking-back';
  readonly actions: readonly ClusterActionSpec[];
  /** One for each action. */
  readonly phases: readonly ObjectPhase[];
}

const text = z.string().max(1000);

export const clusterRecordShape = z
  .strictObject({
    schema: z.literal(clusterRecordSchema),
    run: text,
    session: text,
    owner: text,
    startedAt: text,
    plan: text,
    problems: z.array(text).readonly(),
    nodes: z.number().int().nonnegative(),
    state: z.enum(['going', 'taking-back']),
    actions: z.array(clusterActionSchema).min(1).readonly(),
    phases: z.array(z.enum(phases)).readonly(),
  })
  .refine((record) => record.actions.length === record.phases.length, 'another number of phases than of actions');
