import type { TreeEntry } from '../../lab/node/file-tree.ts';
import type { Runtime } from '../testbed-plan.ts';

const units = '/etc/systemd/system';

/**
 * Units of Debian that a node in namespaces cannot run or must not: its devices, clock, network and console are the
 * machine's.
 */
const masked = [
  'systemd-udevd.service',
  'systemd-udevd-control.socket',
  'systemd-udevd-kernel.socket',
  'systemd-udev-trigger.service',
  'systemd-udev-settle.service',
  'systemd-networkd.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'systemd-modules-load.service',
  'systemd-sysctl.service',
  'systemd-remount-fs.service',
  'systemd-binfmt.service',
  'systemd-firstboot.service',
  'getty.target',
  'console-getty.service',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'sys-kernel-config.mount',
  'sys-fs-fuse-connections.mount',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  'proc-sys-fs-binfmt_misc.automount',
  'modprobe@.service',
  'kmod-static-nodes.service',
];

/** What Debian's packages would have enabled. */
const enabled = {
  services: ['ssh.service', 'cron.service'],
  timers: ['logrotate.timer', 'systemd-tmpfiles-clean.timer'],
};

/** Where containers that ignore SIGTERM would hold a shutdown up for 90 s. */
const managerSettings = '[Manager]\nDefaultTimeoutStopSec=2s\n';

export interface UnitOptions {
  readonly runtime: Runtime;
  /** The machine lacks CAP_SYS_RESOURCE: no service can raise its limits or lower its OOM score there. */
  readonly restricted: boolean;
  readonly kubelet: boolean;
}

export function unitFiles({ runtime, restricted, kubelet }: UnitOptions): readonly TreeEntry[] {
  const runtimes = runtime === 'docker' ? ['containerd.service', 'docker.service'] : ['containerd.service'];
  const own = ['testbed-images.service', ...(kubelet ? ['kubelet.service'] : [])];
  return [
    file(`${units}.conf.d/testbed.conf`, managerSettings),
    link(`${units}/default.target`, '/lib/systemd/system/multi-user.target'),
    ...masked.map((unit) => link(`${units}/${unit}`, '/dev/null')),
    ...[...enabled.services, ...runtimes].map((unit) =>
      link(`${units}/multi-user.target.wants/${unit}`, `/lib/systemd/system/${unit}`),
    ),
    link(`${units}/sshd.service`, '/lib/systemd/system/ssh.service'),
    ...(runtime === 'docker'
      ? [link(`${units}/sockets.target.wants/docker.socket`, '/lib/systemd/system/docker.socket')]
      : [link(`${units}/docker.socket`, '/dev/null')]),
    ...enabled.timers.map((unit) => link(`${units}/timers.target.wants/${unit}`, `/lib/systemd/system/${unit}`)),
    ...own.map((unit) => link(`${units}/multi-user.target.wants/${unit}`, `${units}/${unit}`)),
    file(`${units}/containerd.service.d/testbed.conf`, `[Service]\nExecStartPre=\n${restricted ? unraised : ''}`),
    ...(runtime === 'containerd2' ? [file(`${units}/containerd.service.d/version.conf`, ownContainerd)] : []),
    ...(restricted && runtime === 'docker'
      ? [file(`${units}/docker.service.d/testbed.conf`, `[Service]\n${unraised}`)]
      : []),
    file(`${units}/testbed-images.service`, imagesUnit(runtime)),
    ...(kubelet ? [file(`${units}/kubelet.service`, kubeletUnit(runtime))] : []),
  ];
}

/** Debian's unit, with the programs that lie before Debian's on every PATH. */
const ownContainerd = '[Service]\nExecStart=\nExecStart=/usr/local/bin/containerd\n';

const unraised = 'OOMScoreAdjust=0\nLimitNOFILE=\nLimitNPROC=\nLimitCORE=\n';

function imagesUnit(runtime: Runtime): string {
  const done = '/var/lib/kubelet/images-loaded';
  return [
    '[Unit]',
    'Description=Images of a node that has no registry',
    `Requires=${serviceOf(runtime)}`,
    `After=${serviceOf(runtime)}`,
    'Before=kubelet.service',
    `ConditionPathExists=!${done}`,
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh /usr/lib/testbed/load-images.sh ${runtime} /usr/lib/testbed/image.tar`,
    `ExecStartPost=/bin/touch ${done}`,
    '',
  ].join('\n');
}

function kubeletUnit(runtime: Runtime): string {
  return [
    '[Unit]',
    'Description=kubelet: The Kubernetes Node Agent',
    `Wants=${serviceOf(runtime)}`,
    `After=${serviceOf(runtime)} testbed-images.service`,
    'StartLimitIntervalSec=0',
    '[Service]',
    'EnvironmentFile=/etc/default/kubelet',
    'ExecStart=/usr/local/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_ARGS',
    'Restart=always',
    'RestartSec=1',
    'KillMode=process',
    'Delegate=yes',
    '',
  ].join('\n');
}

function serviceOf(runtime: Runtime): string {
  return runtime === 'docker' ? 'docker.service' : 'containerd.service';
}

function file(path: string, content: string): TreeEntry {
  return { path, kind: 'file', content };
}

function link(path: string, target: string): TreeEntry {
  return { path, kind: 'link', target };
}
