import type { NodeEvidence, Observed, UnknownReason } from '../evidence/evidence.ts';
import { formatReference, isInvalid, parseReference } from '../registry/reference/image-reference.ts';
import { sandboxSetting } from '../runtimes/containerd/sandbox-setting.ts';
import type { ContainerdFacts } from '../runtimes/containerd/registries.ts';
import type { DockerImages } from '../runtimes/docker/images.ts';
import type { KubeletFacts } from '../runtimes/kubelet/kubelet.ts';
import { reportedRuntime } from '../runtimes/reported-runtime.ts';
import type { RuntimeFacts } from '../runtimes/running.ts';
import { titleOf, type NodeImages } from './node-images.ts';

/** The image that the runtime makes the containers from that hold pods together: without it no pod starts. */
export type SandboxImage =
  | {
      readonly state: 'known';
      /** Written out. */
      readonly name: string;
      /** A path of a file, or what else says so. */
      readonly from: 'default' | 'kubelet-flag' | 'cri-dockerd-flag' | 'running-sandboxes' | (string & {});
    }
  | { readonly state: 'unknown'; readonly why: SandboxUnknown; readonly reason: UnknownReason };

/**
 * `pending`: the configuration was changed since the daemon was started. `split`: several files say it, and which holds
 * differs between releases. `unread`: a file could not be read. `version`: nothing is configured, and the default of this
 * release is not known. `not-told`: no flag and no running sandbox tells.
 */
export type SandboxUnknown = 'pending' | 'split' | 'unread' | 'version' | 'not-told' | 'invalid';

export interface ContainerdSandboxFacts {
  readonly node: NodeEvidence;
  readonly configuration: Observed<ContainerdFacts | 'no-containerd'>;
}

/** Of a node whose pods containerd runs. */
export function containerdSandbox({ node, configuration }: ContainerdSandboxFacts): SandboxImage {
  if (configuration.state !== 'seen')
    return unknownBecause('unread', configuration.state === 'unknown' ? configuration.reason : 'malformed');
  const facts = configuration.value;
  if (facts === 'no-containerd' || facts.closed !== undefined || facts.refused !== undefined)
    return unknownBecause('unread', 'unproven');
  if (facts.isChangedSinceStart) return unknownBecause('pending', 'unproven');
  const setting = sandboxSetting(facts.files, reportedRuntime(node)?.version);
  if (setting.state !== 'known') return unknownBecause(setting.state, 'malformed');
  return known(setting.image, setting.file ?? 'default');
}

export interface DockerSandboxFacts {
  readonly kubelet: KubeletFacts | undefined;
  readonly running: RuntimeFacts | undefined;
  readonly images: Pick<DockerImages, 'uses'>;
  readonly store: NodeImages;
}

/**
 * Of a node whose pods docker runs: dockershim goes by kubelet's flag, cri-dockerd by its own; where none was given, what
 * runs tells.
 */
export function dockerSandbox({ kubelet, running, images, store }: DockerSandboxFacts): SandboxImage {
  // Without it the two cannot be told apart.
  if (running === undefined) return unknownBecause('not-told', 'probe-failed');
  if (running.processes.has('cri-dockerd')) {
    const { criDockerdSandbox } = running;
    return criDockerdSandbox === undefined ? ofRunning(images, store) : known(criDockerdSandbox, 'cri-dockerd-flag');
  }
  const flag = kubelet?.options.get('pod-infra-container-image');
  if (flag === undefined) return ofRunning(images, store);
  return known(flag, 'kubelet-flag');
}

/** What all sandboxes that run were made from; not where they differ, or the image has several names. */
function ofRunning({ uses }: Pick<DockerImages, 'uses'>, store: NodeImages): SandboxImage {
  const ids = new Set(uses.filter(({ isSandbox }) => isSandbox).map(({ image }) => image));
  const [id] = ids;
  const image = ids.size === 1 ? store.images.find((one) => one.id === id) : undefined;
  const tags = image?.names.filter(({ name }) => !name.includes('@')) ?? [];
  return image === undefined || tags.length !== 1
    ? unknownBecause('not-told', 'malformed')
    : known(titleOf(image), 'running-sandboxes');
}

function known(name: string, from: string): SandboxImage {
  const reference = parseReference(name);
  if (isInvalid(reference)) return unknownBecause('invalid', 'malformed');
  return { state: 'known', name: formatReference(reference), from };
}

function unknownBecause(why: SandboxUnknown, reason: UnknownReason): SandboxImage {
  return { state: 'unknown', why, reason };
}
