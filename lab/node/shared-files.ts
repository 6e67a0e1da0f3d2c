import initScript from './init.sh?raw';
import rebootScript from './standing-in-reboot.sh?raw';
import standingInScript from './standing-in.sh?raw';
import logWriterScript from './log-writer.sh?raw';
import type { TreeEntry } from './file-tree.ts';
import { sshdConfig, sudoers } from './login-files.ts';

/** What every node of a lab has in common, written once into the shared layer. */
export function sharedFiles(sshdExtra: readonly string[]): readonly TreeEntry[] {
  return [
    { path: '/usr/lib/nodemend-lab/init.sh', kind: 'file', content: initScript, mode: 0o755 },
    // Without the suffix: a process is known by the name of its file.
    { path: '/usr/lib/nodemend-lab/kubelet', kind: 'file', content: standingInScript, mode: 0o755 },
    { path: '/usr/lib/nodemend-lab/log-writer.sh', kind: 'file', content: logWriterScript, mode: 0o755 },
    { path: '/usr/sbin/reboot', kind: 'file', content: rebootScript, mode: 0o755 },
    { path: '/etc/ssh/sshd_config', kind: 'file', content: sshdConfig(sshdExtra) },
    { path: '/etc/sudoers', kind: 'file', content: sudoers, mode: 0o440 },
    {
      path: '/etc/motd',
      kind: 'file',
      content: 'This is a practice node of nodemend lab. Nothing it does reaches the machine.\n',
    },
  ];
}
