/** What has to hold before a node is begun, as a person asked for it. */
export interface GateOptions {
  /** As it was written; `parseWindow` reads it. */
  readonly window: string | undefined;
  /** Label selectors: a node with such a pod is not begun. */
  readonly blockingPodSelectors: readonly string[];
  readonly prometheus: PrometheusGate | undefined;
  /** For what stands in the way to pass; 0 refuses at once. */
  readonly waitSeconds: number;
  /** Node groups whose kubelets may be of several versions; `none` is the nodes of no group. */
  readonly mixedVersions: readonly string[];
}

/** Which alerts stop a rollout, and where they are asked; kured's names, with kured's meaning. */
export interface PrometheusGate {
  readonly url: string;
  /** A regular expression: alerts of such names stop nothing; with `matchOnly` nothing else does. */
  readonly alertFilterRegexp: string | undefined;
  readonly alertFilterMatchOnly: boolean;
  /** Without it a pending alert stops a rollout, too. */
  readonly alertFiringOnly: boolean;
  /** PEM; absolute, as all files here. */
  readonly caFile: string | undefined;
  /** Of a bearer token. What is in the files is in no plan, journal or record. */
  readonly tokenFile: string | undefined;
  /** Of the user in the URL. */
  readonly passwordFile: string | undefined;
}

export const defaultGateOptions: GateOptions = {
  window: undefined,
  blockingPodSelectors: [],
  prometheus: undefined,
  waitSeconds: 0,
  mixedVersions: [],
};
