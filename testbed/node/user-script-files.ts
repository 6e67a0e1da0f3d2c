import type { TreeEntry } from '../../lab/node/file-tree.ts';
import runScript from './run-user-script.sh?raw';

/** What nodes run at their first boot. */
export interface UserScript {
  readonly content: string;
  /** Default: all. */
  readonly nodes?: readonly string[];
}

const unit = '/etc/systemd/system/testbed-user-script.service';

/**
 * Before kubelet, as on NKS; and before the runtimes, so that nothing can be asked of them. The order alone: a script
 * that fails keeps nobody up.
 */
const unitText = `[Unit]
Description=User script of the node group
Before=containerd.service docker.service kubelet.service
ConditionPathExists=!/var/lib/testbed/user-script-ran
[Service]
Type=oneshot
ExecStart=/bin/sh /usr/lib/testbed/run-user-script.sh
`;

/** Nothing for a node that has none. */
export function userScriptFiles(node: string, script: UserScript | undefined): readonly TreeEntry[] {
  if (script === undefined || script.nodes?.includes(node) === false) return [];
  return [
    { path: '/usr/lib/testbed/user-script', kind: 'file', content: script.content, mode: 0o755 },
    { path: '/usr/lib/testbed/run-user-script.sh', kind: 'file', content: runScript, mode: 0o755 },
    { path: unit, kind: 'file', content: unitText },
    { path: '/etc/systemd/system/multi-user.target.wants/testbed-user-script.service', kind: 'link', target: unit },
  ];
}
