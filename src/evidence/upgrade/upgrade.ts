import type { Observed } from '../evidence.ts';

/** What of the cluster stands in the way of its next version; each part may be unknown by itself. */
export interface UpgradeFacts {
  /**
   * Of the objects of the cluster that the provider creates each cluster with, those that are there; those in namespaces
   * make pods, and are workloads.
   */
  readonly roles: Observed<readonly DefaultObject[]>;
  /** Groups of the API that another server answers for. */
  readonly apiServices: Observed<readonly AggregatedApi[]>;
  readonly budgets: Observed<readonly DisruptionBudget[]>;
  /** Resources of the API that were asked for since the API server started, and that a later release no longer has. */
  readonly deprecatedApis: Observed<readonly DeprecatedApi[]>;
}

export interface DefaultObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly kind: string;
  /** Empty for an object of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly finalizers: readonly string[];
}

export interface AggregatedApi {
  readonly group: string;
  readonly version: string;
  /** `namespace/name` of the Service that answers. */
  readonly service: string;
}

/** A PodDisruptionBudget that allows no eviction at the moment. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly currentHealthy: number;
  /** Whether its controller has counted what is asked for now. */
  readonly isCounted: boolean;
}

/** A line of `apiserver_requested_deprecated_apis`. */
export interface DeprecatedApi {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** `1.32`: the first release without it. */
  readonly removedRelease: string;
}
