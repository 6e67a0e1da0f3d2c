import { isSince, versionNumbers, type Since } from '../runtimes/version.ts';

/** What a pin label is worth on a node. */
export type PinSupport = 'honoured' | 'ignored' | 'unknown';

/** containerd/containerd#9382: a label that an image gets later is looked at. Before, CRI keeps what it saw first. */
const laterLabels: Since = { patches: { '1.6': 25, '1.7': 10 }, later: [2, 0] };
/** The sandbox image that CRI itself pulled is pinned: from here on a label may be in force, or may not. */
const sandboxLabels: Since = { patches: { '1.6': 22, '1.7': 3 }, later: [2, 0] };
/** kubernetes/kubernetes#119986: kubelet before it takes pinned images too; the releases of August 2023 have it. */
const kubeletSpares: Since = { patches: { '1.25': 13, '1.26': 8, '1.27': 5, '1.28': 1 }, later: [1, 29] };

/** @param runtimeVersion of containerd; undefined where it is not known, as `kubeletVersion` */
export function pinSupport(runtimeVersion: string | undefined, kubeletVersion: string | undefined): PinSupport {
  const [containerd, kubelet] = [versionNumbers(runtimeVersion), versionNumbers(kubeletVersion)];
  if (kubelet !== undefined && !isSince(kubelet, kubeletSpares)) return 'ignored';
  if (containerd === undefined) return 'unknown';
  if (!isSince(containerd, sandboxLabels)) return 'ignored';
  return kubelet !== undefined && isSince(containerd, laterLabels) ? 'honoured' : 'unknown';
}

/** kubernetes/enhancements#4210: before, `imageMaximumGCAge` is a key that kubelet does not know, and leaves aside. */
const maximumAge: Since = { patches: {}, later: [1, 29] };

/** Whether kubelet removes images for their age where its configuration says so; perhaps, where its version is not known. */
export function kubeletRemovesByAge(kubeletVersion: string | undefined): boolean {
  const kubelet = versionNumbers(kubeletVersion);
  return kubelet === undefined || isSince(kubelet, maximumAge);
}

const imageInodes: Since = { patches: {}, later: [1, 30] };

/** Whether kubelet evicts by default for inodes of images' own disk (`formerDefaultHard`); where its version is not known. */
export function keepsImageInodes(kubeletVersion: string | undefined): boolean {
  const kubelet = versionNumbers(kubeletVersion);
  return kubelet === undefined || isSince(kubelet, imageInodes);
}

/** kubelet before it counts the sandbox image of its own flag as one in use (kubernetes/kubernetes#118544). */
const runtimeAlone: Since = { patches: {}, later: [1, 29] };

/** Whether kubelet itself keeps the image that its `--pod-infra-container-image` names. */
export function kubeletKeepsSandbox(kubeletVersion: string | undefined): boolean {
  const kubelet = versionNumbers(kubeletVersion);
  return kubelet !== undefined && !isSince(kubelet, runtimeAlone);
}
