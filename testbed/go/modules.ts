import { join } from 'node:path';
import type { GoModule } from './go-module.ts';

const testbed = join(import.meta.dirname, '..');

/** The flags of the project's own release build that matter: without them the version reads v0.0.0-master. */
function kubernetesVariables(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.split('.');
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
  );
}

/**
 * Control plane, kubelet and kubectl in one program, by the name it is called with: some four minutes on two cores, 132
 * MB.
 */
export const kube: GoModule = {
  title: 'Kubernetes',
  sources: join(testbed, 'control-plane', 'kube'),
  module: 'k8s.io/kubernetes',
  programs: { kube: '.' },
  links: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl'],
  tags: [],
  linkerFlags: '-s -w',
  variables: kubernetesVariables,
};

/** The last kubelet that speaks to Docker itself: three to five minutes, 118 MB. */
export const dockershimKubelet: GoModule = {
  title: 'kubelet with dockershim',
  sources: join(testbed, 'dockershim-kubelet'),
  module: 'k8s.io/kubernetes',
  programs: { kubelet: '.' },
  links: [],
  tags: [],
  // Its dependencies of 2021 reach into Go's own packages by go:linkname, which Go >= 1.23 refuses unless asked not to.
  linkerFlags: '-s -w -checklinkname=0',
  variables: kubernetesVariables,
};

/**
 * Distribution's registry without the drivers of clouds: half a minute, 24 MB. Its version 2 cannot log in to a
 * registry with htpasswd.
 */
export const registry: GoModule = {
  title: 'Distribution’s registry',
  sources: join(testbed, 'registry', 'program'),
  module: 'github.com/distribution/distribution/v3',
  programs: { registry: '.' },
  links: [],
  tags: [],
  linkerFlags: '-s -w',
  variables: (version) => ({ 'github.com/distribution/distribution/v3/version.version': version }),
};

const containerdPackage = 'github.com/containerd/containerd/v2';

/** containerd 2, which Debian 12 does not have; its programs are the module's own. One minute, 77 MB. */
export const containerd2: GoModule = {
  title: 'containerd',
  sources: join(testbed, 'containerd2'),
  module: containerdPackage,
  programs: Object.fromEntries(
    ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => [name, `${containerdPackage}/cmd/${name}`]),
  ),
  links: [],
  // Snapshotters that no node uses, and that want headers of libraries.
  tags: ['no_btrfs', 'no_zfs', 'no_devmapper'],
  linkerFlags: '-s -w',
  variables: (version) => ({ [`${containerdPackage}/version.Version`]: version }),
};
