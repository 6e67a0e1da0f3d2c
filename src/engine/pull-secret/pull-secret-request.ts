/** A login that is to be there for pods, and where. */
export interface PullSecretRequest {
  /** As image references write it: `docker.io`, `ghcr.io`, `registry.example:5000`. */
  readonly registry: string;
  readonly user: string;
  /** Of the Secret. */
  readonly name: string;
  readonly namespaces: readonly string[];
  /** ServiceAccounts that hand it to their pods, in each of the namespaces. */
  readonly serviceAccounts: readonly string[];
}
