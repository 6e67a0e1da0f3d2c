import type { KubeObject } from '../../../lab/api/objects.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ClusterActionBase, ClusterActionKind } from '../cluster-action.ts';

/** What the contract of kinds of action on objects (`object-contract.ts`) needs to know of one of them. */
export interface ObjectFixture<Spec extends ClusterActionBase> {
  readonly kind: ClusterActionKind<Spec>;
  readonly testCases: Readonly<Record<string, ObjectTestCase<Spec>>>;
}

export interface ObjectTestCase<Spec extends ClusterActionBase> {
  /** What is in the cluster before. */
  readonly objects: readonly KubeObject[];
  /** What a plan would say then. */
  readonly plan: (api: KubernetesApi) => Promise<Spec>;
  /** What its run does beside it, where that decides whether a record of it is believed. */
  readonly alongside?: readonly ClusterActionBase[];
  /** Its record is nobody's word for it: without the plan it is not undone. */
  readonly isOnlyKnownByPlan?: true;
  /** What the preview shows of the object; empty where there is none. */
  readonly shown: (object: KubeObject | undefined) => string;
  /** The same when it is applied, from what was shown before, and from the preview alone. */
  readonly previewed: (preview: string, before: string) => string;
  /** Somebody else changes what it is about: since the plan, or since the run. */
  readonly edit: (api: KubernetesApi, since: 'plan' | 'run') => Promise<void>;
  /** What the first step, and the undo, say then. */
  readonly edited: { readonly plan: string; readonly run: string };
}

/** What the run is given beside its plan. */
export const password = 'correct horse battery staple';

export const planned = { problem: 'image-pull', cures: ['0123456789ab'], why: { key: 'why', params: {} } } as const;

export const team = 'team';
