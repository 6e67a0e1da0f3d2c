import type { RateLimit } from '../../registry/client/rate-limit.ts';
import type { Observed } from '../evidence.ts';
import type { NodeImages } from './node-images.ts';
import type { PodTemplate } from './pod-template.ts';
import type { Rollout } from './rollout.ts';
import type { SecretName } from './secret-name.ts';
import type { ObservedPulls } from './observed-pulls.ts';

/**
 * What a registry says of how many pulls are left, and what the cluster shows of who uses them up. No login, no token
 * and no name of an account is in it; which secrets pods name is told with the cluster (`pullSecrets`).
 */
export interface RateLimitEvidence {
  /** The reference that was asked for, with everything that is implied written out. */
  readonly image: string;
  readonly quotas: readonly ObservedQuota[];
  /** Absent, as what follows, where nobody asked. */
  readonly pulls?: Observed<ObservedPulls>;
  readonly rollouts?: RolloutEvidence;
}

/** An answer, and from where it was asked for. */
export interface ObservedQuota {
  /** Absent for the machine that nodemend runs on. */
  readonly node?: string;
  /** Whose login it was asked with; absent without one. */
  readonly secrets?: readonly SecretName[];
  /** Tells accounts apart whose names are masked: equal for the same one. */
  readonly account?: number;
  readonly answer: QuotaAnswer;
}

export type QuotaAnswer =
  | { readonly state: 'counted'; readonly rate: RateLimit }
  /** It refuses, and says not how many pulls it allows. */
  | { readonly state: 'refused' }
  /** It does not accept the login. */
  | { readonly state: 'denied'; readonly error: StoredError }
  | UnknownAnswer;

type UnknownAnswer = Extract<Observed<never>, { readonly state: 'unknown' }>;
type StoredError = NonNullable<UnknownAnswer['error']>;

/** What rollouts that are asked about would start, and where. */
export interface RolloutEvidence {
  readonly namespace: string;
  /** All nodes, whichever were chosen to be asked: the scheduler does not know of that choice. */
  readonly nodes: Observed<readonly NodeImages[]>;
  readonly asked: readonly { readonly rollout: Rollout; readonly template: Observed<PodTemplate> }[];
}
