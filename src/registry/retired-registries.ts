/** A registry, or a part of one, that is no longer served, with who said so and when. */
export interface RetiredRegistry {
  readonly registry: string;
  /** Only repositories that begin so; without it the whole registry. */
  readonly repositories?: readonly string[];
  /** Day of the last new image, or of the end; absent where no source names one. */
  readonly since?: string;
  readonly source: string;
}

/**
 * GitHub's old registry answers containerd with errors of every kind, so that its name alone is the cause
 * (containerd/containerd#3291).
 */
export const alwaysTheCause: RetiredRegistry = {
  registry: 'docker.pkg.github.com',
  source:
    'GitHub documentation, "Migrating to the Container registry from the Docker registry"; NKS troubleshooting guide, v1.24',
};

export const retiredRegistries: readonly RetiredRegistry[] = [
  alwaysTheCause,
  {
    registry: 'k8s.gcr.io',
    since: '2023-04-03',
    source: 'kubernetes.io blog 2023-02-06, "k8s.gcr.io Image Registry Will Be Frozen"',
  },
  ...['gcr.io', 'us.gcr.io', 'eu.gcr.io', 'asia.gcr.io'].map((registry) => ({
    registry,
    repositories: ['google_containers/', 'google-containers/', 'k8s-artifacts-prod/'],
    since: '2023-04-03',
    source: 'the registry that k8s.gcr.io was another name of, and its regional names',
  })),
  {
    registry: 'quay.io',
    repositories: ['coreos/flannel'],
    since: '2025-09-30',
    source: 'NKS troubleshooting guide, images of closed networks',
  },
  {
    registry: 'harbor-kr1.cloud.toastoven.net',
    since: '2024-08-07',
    source: 'NKS troubleshooting guide of that day: the cluster label nks_registry_url names its successor',
  },
];
