import type { ActionBase } from '../action.ts';

/**
 * Has containerd tell kubelet that an image is pinned, so that its garbage collection leaves it alone, or no longer. The
 * label stands on records, not on the image: one that is pulled again loses it, so all records of the image get it.
 */
export interface ImagePinAction extends ActionBase {
  readonly kind: 'image-pin';
  readonly operation: 'pin' | 'unpin';
  /** As kubelet asks for it: `registry.k8s.io/pause:3.6`. */
  readonly image: string;
  /** containerd's own socket. */
  readonly socket: '/run/containerd/containerd.sock';
  /** The tag, `repository@sha256:…` and `sha256:…` of the configuration, as far as containerd has them. */
  readonly records: readonly ImageRecord[];
}

/** A record of containerd's namespace `k8s.io`, as the plan saw it. */
export interface ImageRecord {
  readonly name: string;
  /** What it points at: a record that points elsewhere by now is another image. */
  readonly digest: string;
  /** Value of the label `io.cri-containerd.pinned`; empty where it had none. */
  readonly pinned: string;
  /** Value of nodemend's own label, a run that had pinned it before; empty where it had none. */
  readonly run: string;
}
