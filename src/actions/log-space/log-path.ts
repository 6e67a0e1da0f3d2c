const dockerLog = /\/containers\/([0-9a-f]{64})\/\1-json\.log(?:[.-][^/]+)?$/u;

/**
 * kubelet's `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restarts>.log` (kubernetes
 * pkg/kubelet/kuberuntime/helpers.go).
 */
const podLog = /^\/var\/log\/pods\/[^/]+\/[^/]+\/\d+\.log(?:[.-][^/]+)?$/u;

/**
 * Whether a path is that of a container's log, live or old: docker's `<data>/containers/<id>/<id>-json.log`, or
 * kubelet's. The node's own script looks at it again, with links resolved (`place.sh`).
 */
export function isContainerLog(path: string): boolean {
  return dockerLog.test(path) || podLog.test(path);
}
