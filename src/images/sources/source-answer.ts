import type { Unknown } from '../../evidence/unknown.ts';
import type { EndpointTls } from '../../runtimes/containerd/old-registries.ts';
import type { NodeImages } from '../node-images.ts';
import type { ContentPart } from './manifest.ts';

/** A manifest that a node is asked to get, as its runtime would when it pulls. */
export interface ManifestQuestion {
  readonly node: string;
  readonly runtime: NodeImages['runtime'];
  /** With everything that is implied written out. */
  readonly reference: string;
  readonly platform: string;
  /** `plain-http`: without TLS; only a registry that the configuration names for it. */
  readonly hosts: 'runtime' | 'plain-http';
  /** Of containerd: the folder of its hosts' folders; undefined where none is configured. */
  readonly hostsFolder: string | undefined;
  /** Of an endpoint of containerd's old tables. */
  readonly tls?: EndpointTls | undefined;
}

/** What the node got. */
export type SourceAnswer =
  | {
      readonly state: 'found';
      /** What its bytes have, whatever the registry calls them: of an index, where the reference names one. */
      readonly digest: string;
      /** Digest of the configuration of the image for the platform that was asked for. */
      readonly id: string;
      /** That would be transferred. */
      readonly bytes: number;
      readonly parts: readonly ContentPart[];
      /** Whose login it was got with. */
      readonly user?: string;
    }
  /** `denied`: it wants a login. Many registries say so of what does not exist as well. */
  | { readonly state: 'absent' | 'denied' | 'other-platform' }
  | Unknown;

/** By node, then by reference. */
export type SourceAnswers = ReadonlyMap<string, ReadonlyMap<string, SourceAnswer>>;
