import type { PlannedNode, PlannedPod } from '../cluster/cluster-plan.ts';
import type { TreeEntry } from './file-tree.ts';
import { sandboxImage } from './image-files.ts';
import { plantedSecrets } from './planted-secrets.ts';
import standingInScript from './standing-in.sh?raw';

/** The log file that a container's lines really end up in. */
export function containerLog(node: PlannedNode, pod: PlannedPod): string {
  return node.group.runtime === 'docker' ? `${dockerFolder(pod)}/${pod.containerId}-json.log` : podLog(pod);
}

/**
 * What a container leaves on a node's disk, with the owners and modes that dockerd 20.10, containerd 1.6 and kubelet
 * give. docker: /var/log/containers → /var/log/pods → /var/lib/docker/containers; containerd: /var/log/containers →
 * /var/log/pods.
 */
export function containerFiles(node: PlannedNode, startedAt: string): readonly TreeEntry[] {
  const runtimeFolders: readonly TreeEntry[] =
    node.group.runtime === 'docker'
      ? [
          { path: '/var/lib/docker', kind: 'folder', mode: 0o710 },
          { path: '/var/lib/docker/containers', kind: 'folder', mode: 0o710 },
        ]
      : [...containerdFiles, ...kubeletFiles(node)];
  const folders: readonly TreeEntry[] = [
    ...runtimeFolders,
    { path: '/var/log', kind: 'folder' },
    { path: '/var/log/pods', kind: 'folder' },
    { path: '/var/log/containers', kind: 'folder' },
  ];
  return [...folders, ...node.pods.flatMap((pod) => onePod(node, pod, startedAt))];
}

/** As clusters have it: it looks for a folder of each registry. The program is a stand-in (standing-in.sh). */
const containerdFiles: readonly TreeEntry[] = [
  { path: '/var/lib/containerd', kind: 'folder', mode: 0o711 },
  { path: '/etc/containerd/certs.d', kind: 'folder' },
  {
    path: '/etc/containerd/config.toml',
    kind: 'file',
    content:
      `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "${sandboxImage}"\n` +
      '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
  },
  // Without a suffix: a process is known by the name of its file.
  { path: '/usr/lib/nodemend-lab/containerd', kind: 'file', content: standingInScript, mode: 0o755 },
];

/**
 * What kubelet keeps of itself: its configuration, all defaults but for the runtime, and a folder for each pod that it
 * knows.
 */
function kubeletFiles({ pods }: PlannedNode): readonly TreeEntry[] {
  const configuration =
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n' +
    'containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n';
  return [
    { path: '/var/lib/kubelet', kind: 'folder', mode: 0o700 },
    { path: '/var/lib/kubelet/config.yaml', kind: 'file', content: configuration },
    { path: '/var/lib/kubelet/pods', kind: 'folder', mode: 0o750 },
    ...pods.map(({ uid }): TreeEntry => ({ path: `/var/lib/kubelet/pods/${uid}`, kind: 'folder', mode: 0o750 })),
  ];
}

function onePod(node: PlannedNode, pod: PlannedPod, startedAt: string): readonly TreeEntry[] {
  const log = containerLog(node, pod);
  const link = `/var/log/containers/${pod.name}_${pod.namespace}_${pod.container}-${pod.containerId}.log`;
  const links: readonly TreeEntry[] = [{ path: link, kind: 'link', target: podLog(pod) }];
  const content = firstLines(pod)
    .map((text) => logLine(node, text, startedAt))
    .join('');
  if (node.group.runtime === 'containerd') {
    return [{ path: log, kind: 'file', content, mode: 0o640 }, ...links];
  }
  return [
    { path: dockerFolder(pod), kind: 'folder', mode: 0o710 },
    { path: log, kind: 'file', content, mode: 0o640 },
    { path: `${dockerFolder(pod)}/hostconfig.json`, kind: 'file', content: JSON.stringify(hostConfig(pod)) },
    {
      path: `${dockerFolder(pod)}/config.v2.json`,
      kind: 'file',
      content: JSON.stringify(config(pod, log, startedAt)),
      mode: 0o600,
    },
    { path: podLog(pod), kind: 'link', target: log },
    ...links,
  ];
}

function podLog(pod: PlannedPod): string {
  return `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}/${pod.container}/0.log`;
}

function dockerFolder(pod: PlannedPod): string {
  return `/var/lib/docker/containers/${pod.containerId}`;
}

function logLine(node: PlannedNode, text: string, time: string): string {
  if (node.group.runtime === 'docker') return `${JSON.stringify({ log: `${text}\n`, stream: 'stdout', time })}\n`;
  return `${time} stdout F ${text}\n`;
}

function firstLines(pod: PlannedPod): readonly string[] {
  const start = `level=info service=${pod.container} msg=started version=${pod.image.split(':').at(-1) ?? ''}`;
  return [start, ...Array.from({ length: 20 }, (_, n) => `level=info service=${pod.container} msg=heartbeat n=${n}`)];
}

/** The parts of dockerd's hostconfig.json that say how a container logs, with the neighbours it always has. */
function hostConfig(pod: PlannedPod): object {
  return {
    Binds: [],
    ContainerIDFile: '',
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: `container:${pod.uid.replaceAll('-', '')}`,
    PortBindings: null,
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    AutoRemove: false,
    CgroupParent: `/kubepods/besteffort/pod${pod.uid}`,
    Privileged: false,
    ShmSize: 67_108_864,
    Runtime: 'runc',
  };
}

function config(pod: PlannedPod, log: string, startedAt: string): object {
  return {
    State: { Running: true, Pid: 4242, StartedAt: startedAt, FinishedAt: '0001-01-01T00:00:00Z' },
    ID: pod.containerId,
    Created: startedAt,
    Config: {
      Hostname: pod.name,
      Env: [`DB_PASSWORD=${plantedSecrets.containerEnvironment}`, 'PATH=/usr/local/bin:/usr/bin:/bin'],
      Image: pod.image,
      Labels: {
        'io.kubernetes.container.name': pod.container,
        'io.kubernetes.pod.name': pod.name,
        'io.kubernetes.pod.namespace': pod.namespace,
        'io.kubernetes.pod.uid': pod.uid,
      },
    },
    LogPath: log,
    Name: `/k8s_${pod.container}_${pod.name}_${pod.namespace}_${pod.uid}_0`,
    Driver: 'overlay2',
  };
}
