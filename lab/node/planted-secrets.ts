/**
 * Secrets that lie where real ones lie in every practice node, and in the testbed of the end-to-end suite, so that a
 * test can look for them in everything nodemend writes or prints. They open nothing.
 */
export const plantedSecrets = {
  /** Environment of a container, in docker's config.v2.json and so in `docker inspect`. */
  containerEnvironment: 'planted-container-password-5f1c',
  /** Proxy password in the drop-in of docker.service. */
  proxyPassword: 'planted-proxy-password-9a27',
} as const;
