/** A node group of the practice cluster: what its Node objects and its node roots have in common. */
export interface NodeGroup {
  readonly name: string;
  readonly runtime: 'docker' | 'containerd';
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  /** Login user of the image. */
  readonly user: string;
  /** /etc/os-release of the node. */
  readonly osRelease: Readonly<Record<string, string>>;
}

/**
 * Two generations of NKS nodes side by side: docker as NKS had it up to Kubernetes 1.23.3, and containerd 1.6 as it has
 * it since. No real cluster mixes them; here every rule of nodemend meets both in one go.
 */
export const nodeGroups: readonly [NodeGroup, NodeGroup] = [
  {
    name: 'default-worker',
    runtime: 'docker',
    containerRuntimeVersion: 'docker://20.10.24',
    kubeletVersion: 'v1.23.3',
    osImage: 'CentOS Linux 7 (Core)',
    kernelVersion: '3.10.0-1160.102.1.el7.x86_64',
    user: 'centos',
    osRelease: {
      NAME: 'CentOS Linux',
      VERSION: '7 (Core)',
      ID: 'centos',
      VERSION_ID: '7',
      PRETTY_NAME: 'CentOS Linux 7 (Core)',
    },
  },
  {
    name: 'app-worker',
    runtime: 'containerd',
    containerRuntimeVersion: 'containerd://1.6.21',
    kubeletVersion: 'v1.31.4',
    osImage: 'Ubuntu 22.04.5 LTS',
    kernelVersion: '5.15.0-164-generic',
    user: 'ubuntu',
    osRelease: {
      NAME: 'Ubuntu',
      VERSION: '22.04.5 LTS (Jammy Jellyfish)',
      ID: 'ubuntu',
      VERSION_ID: '22.04',
      PRETTY_NAME: 'Ubuntu 22.04.5 LTS',
    },
  },
];
