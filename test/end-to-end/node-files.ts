import type { TestCluster } from './test-cluster.ts';

/** Everything that decides about log rotation on a node, with owners and modes, to the byte; one line a file. */
export async function rotationFiles(cluster: TestCluster, node: string): Promise<string> {
  return cluster.root(node, describe, '/etc/logrotate.d', '/etc/logrotate.conf', '/etc/cron.daily', '/etc/docker');
}

/** One hash over all of a node's /etc: names, kinds, owners, modes, contents. */
export async function etcHash(cluster: TestCluster, node: string): Promise<string> {
  return cluster.root(node, `{ ${describe}\n} | sha256sum`, '/etc');
}

const describe = `
  find "$@" -exec stat -c '%n %F %a %u:%g %N' {} + 2>/dev/null | sort
  find "$@" -type f -exec sha256sum {} + 2>/dev/null | sort
  true`;
