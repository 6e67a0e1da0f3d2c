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
      readonly from:
        | 'default'
        | 'kubelet-flag'
        | 'cri-dockerd-flag'
        | 'running-sandboxes'
        | 'start-log'
        | (string & {});
    }
  | {
      readonly state: 'unknown';
      readonly why: SandboxUnknown;
      readonly reason: UnknownReason;
      /** What it may be, where that much is known: each as of a known one. The node needs all of them. */
      readonly candidates?: readonly SandboxCandidate[];
      /** `pending`, and what was changed is that this file is not there: perhaps it never was (docs/decisions/0044). */
      readonly gone?: string;
    };

type UnknownSandbox = Extract<SandboxImage, { readonly state: 'unknown' }>;

export interface SandboxCandidate {
  readonly name: string;
  readonly from: string;
  /** By sandboxes that were started since the daemon was, or what it said at its start; else what the configuration says now. */
  readonly isInUse: boolean;
}

/**
 * `pending`: the configuration was changed since the daemon was started. `disagree`: it was not, and sandboxes that were
 * started since are made from another. `split`: several files say it, and which holds differs between releases. `unread`: a
 * file could not be read. `version`: nothing is configured, and the default of this release is not known. `not-told`: no
 * flag and no running sandbox tells.
 */
export type SandboxUnknown = 'pending' | 'disagree' | 'split' | 'unread' | 'version' | 'not-told' | 'invalid';

export interface ContainerdSandboxFacts {
  readonly node: NodeEvidence;
  readonly configuration: Observed<ContainerdFacts | 'no-containerd'>;
  /** What sandboxes that were started since the daemon was were made from. */
  readonly madeFrom: readonly string[];
  /** What it said at its start; undefined where it was not asked, or nothing has that any more. */
  readonly given?: string | undefined;
}

/**
 * Of a node whose pods containerd runs. What it has made sandboxes from since it was started it will make them from until it is
 * started again, whatever its files say; and where they say the same, it does not matter when they were changed.
 */
export function containerdSandbox(facts: ContainerdSandboxFacts): SandboxImage {
  const { node, configuration } = facts;
  const configured = configuredSandbox(node, configuration);
  const used = usedSandboxes(facts);
  const [made] = used;
  const doubt = doubtOf(configured, configuration);
  if (made === undefined) return doubt?.why === 'pending' ? doubt : configured;
  if (made.state !== 'known') return made;
  if (used.every((one) => isSame(one, made))) {
    if (isSame(configured, made)) return configured;
    // The next start makes of the same files what the last one made.
    if (configured.state !== 'known' && doubt === undefined) return made;
  }
  const others = [configured].filter((one) => !used.some((other) => isSame(one, other)));
  return {
    ...(doubt ?? unknownBecause('disagree', 'inconclusive')),
    candidates: [...used.flatMap((one) => candidate(one, true)), ...others.flatMap((one) => candidate(one, false))],
  };
}

/** What it was given and what it made, each once. */
function usedSandboxes({ madeFrom, given }: ContainerdSandboxFacts): readonly SandboxImage[] {
  const made = madeFrom.map((name) => known(name, 'running-sandboxes'));
  const said = given === undefined ? [] : [known(given, 'start-log')];
  return [...made, ...said.filter((one) => !made.some((other) => isSame(one, other)))];
}

/** Why the files may not be those that the daemon was given. What could not be read may have been changed as well. */
function doubtOf(
  configured: SandboxImage,
  configuration: ContainerdSandboxFacts['configuration'],
): UnknownSandbox | undefined {
  if (configured.state !== 'known' && configured.why === 'unread') return configured;
  const changed = changedFacts(configuration);
  if (changed === undefined) return undefined;
  const pending = unknownBecause('pending', 'inconclusive');
  return changed.files.length === 0 ? { ...pending, gone: changed.config } : pending;
}

function changedFacts(configuration: ContainerdSandboxFacts['configuration']): ContainerdFacts | undefined {
  const { value } = configuration.state === 'seen' ? configuration : { value: undefined };
  return value !== undefined && value !== 'no-containerd' && value.isChangedSinceStart ? value : undefined;
}

function isSame(a: SandboxImage, b: SandboxImage): boolean {
  return a.state === 'known' && b.state === 'known' && a.name === b.name;
}

function candidate(image: SandboxImage, isInUse: boolean): readonly SandboxCandidate[] {
  return image.state === 'known' ? [{ name: image.name, from: image.from, isInUse }] : [];
}

/** As its files are now. */
function configuredSandbox(node: NodeEvidence, configuration: ContainerdSandboxFacts['configuration']): SandboxImage {
  if (configuration.state !== 'seen')
    return unknownBecause('unread', configuration.state === 'unknown' ? configuration.reason : 'malformed');
  const facts = configuration.value;
  if (facts === 'no-containerd' || facts.closed !== undefined || facts.refused !== undefined)
    return unknownBecause('unread', 'unproven');
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

function unknownBecause(why: SandboxUnknown, reason: UnknownReason): UnknownSandbox {
  return { state: 'unknown', why, reason };
}
