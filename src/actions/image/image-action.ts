import type { ContentPart } from '../../images/sources/manifest.ts';
import type { ActionBase } from '../action.ts';

/**
 * One image made to be on one node: its content is there, whole for the node's platform, and it has the name that
 * kubelet asks for. No name that was there before is removed or moved.
 */
export interface ImageAction extends ActionBase {
  readonly kind: 'image';
  readonly disrupts?: never;
  /** The name to be made, written out as kubelet asks for it: `registry.k8s.io/pause:3.6`, `registry.k8s.io/pause@sha256:…`. */
  readonly image: string;
  /** What the name stands for afterwards: `sha256:…` of a manifest or an index. */
  readonly digest: string;
  /** `sha256:…` of the configuration, where it is known: by it docker knows an image. */
  readonly configuration?: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Content that has to come, as it is transferred; 0 when all of it is on the node. Bytes. */
  readonly bytes: number;
  readonly room: ImageRoom;
  readonly runtime: 'containerd' | 'docker';
  readonly socket: '/run/containerd/containerd.sock' | '/var/run/docker.sock';
  /**
   * What the name stood for when the plan was made: empty where there was none; `digest` where it is there and its
   * content is not, which comes without a new name. A name that stands for anything else is left alone.
   */
  readonly was: string;
  readonly source: ImageSource;
}

/** A file system, and what the image may take of it. Bytes. */
export interface ImageRoom {
  /** A folder of the runtime's on it. */
  readonly path: string;
  /** What the image takes at the most, its layers unpacked (`src/images/headroom.ts`). */
  readonly needed: number;
  /** What has to be free afterwards, so that kubelet removes nothing. */
  readonly keepFree: number;
  /** The same of inodes, counted or estimated; absent where the file system has no number of them, and in older plans. */
  readonly inodes?: { readonly needed: number; readonly keepFree: number };
  /** What has to stay free of the disk on which an archive lies until it was imported, where that is another one. */
  readonly archiveKeepFree?: number;
}

/** Where the content comes from. */
export type ImageSource = NodeSource | RegistrySource | ArchiveSource;

/** It is on the node under another name. */
export interface NodeSource {
  readonly from: 'node';
  /** As the runtime has it. */
  readonly name: string;
}

export interface RegistrySource {
  readonly from: 'registry';
  /** `host/repository@sha256:…`: what it answers with is that digest, or is not taken. */
  readonly reference: string;
  /** `runtime`: as the runtime's own configuration says for that host (mirrors, authorities); docker knows nothing else. */
  readonly hosts: 'runtime' | 'https' | 'plain-http';
  /** Of containerd, by `runtime`: the folder of its hosts' folders; absent where its configuration names none. */
  readonly hostsFolder?: string;
  /** Of an endpoint of containerd's old tables: files of the node. */
  readonly tls?: {
    readonly ca?: string;
    readonly certificate?: string;
    readonly key?: string;
    readonly skipVerify?: true;
  };
  /** Who logs in. The run is given the password beside its plan (`ActionContext.secret`). */
  readonly login?: PullLogin;
  /** What the image is made of, by its manifest: by it is told how far a pull is. */
  readonly parts?: readonly ContentPart[];
}

export interface PullLogin {
  readonly user: string;
  /** Who gets it beside the servers that they name for tokens, for people; the runtime's own configuration decides. */
  readonly hosts?: readonly string[];
  /** There may be others: that configuration could not be read. */
  readonly further?: true;
}

/** An OCI layout archive that is brought to the node. */
export interface ArchiveSource {
  readonly from: 'archive';
  /** A file where nodemend runs is absolute, its SHA-256 in hex. */
  readonly of: GivingNode | { readonly file: string; readonly sha256: string };
}

/** Beside the first. */
export const mostDonors = 3;

/** A node that has the image, which is read when the run begins. */
export interface GivingNode {
  readonly node: string;
  readonly runtime: ImageAction['runtime'];
  /** Others of containerd that had the very same: the next goes on where one is gone. */
  readonly others?: readonly string[];
}
