/**
 * Secrets that lie in every practice node where real ones lie, so that a test can look for them in everything nodemend writes
 * or prints. They open nothing.
 */
export const plantedSecrets = {
  /** Environment of a container, in docker's config.v2.json and so in `docker inspect`. */
  containerEnvironment: 'planted-container-password-5f1c',
  /** Proxy password in /etc/docker/daemon.json. */
  proxyPassword: 'planted-proxy-password-9a27',
} as const;
