import type { PlannedNode } from '../cluster/cluster-plan.ts';
import type { TreeEntry } from './file-tree.ts';
import mkconfig from './standing-in-grub-mkconfig.sh?raw';

/**
 * What boots a node of Ubuntu's layout: defaults, one kernel of no content, and what `update-grub` made of them, whose
 * entry is the node's `/proc/cmdline` (root.sh). `grub-mkconfig` is a stand-in; nodes of CentOS have no GRUB.
 */
export function grubFiles({ group }: PlannedNode): readonly TreeEntry[] {
  const kernel = `/boot/vmlinuz-${group.kernelVersion}`;
  return [
    { path: '/etc/default', kind: 'folder' },
    { path: '/etc/default/grub', kind: 'file', content: defaults },
    { path: '/etc/default/grub.d', kind: 'folder' },
    { path: '/boot/grub', kind: 'folder' },
    { path: kernel, kind: 'file', content: '' },
    { path: '/boot/grub/grub.cfg', kind: 'file', content: configuration(kernel) },
    { path: '/usr/sbin/grub-mkconfig', kind: 'file', content: mkconfig, mode: 0o755 },
    { path: '/usr/sbin/update-grub', kind: 'file', content: updateGrub, mode: 0o755 },
  ];
}

const defaults = 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n';

/** Debian's own text (grub2-common). */
const updateGrub = '#!/bin/sh\nset -e\nexec grub-mkconfig -o /boot/grub/grub.cfg "$@"\n';

/** As the stand-in writes it. */
function configuration(kernel: string): string {
  return `### BEGIN /etc/grub.d/10_linux ###
menuentry 'Ubuntu' --class ubuntu {
	linux	${kernel} root=UUID=3f1c9d0e-5a77-4c0b-9d55-0123456789ab ro  quiet
}
### END /etc/grub.d/10_linux ###
`;
}
