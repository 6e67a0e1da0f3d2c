import type { NodeEvidence, Observed } from '../evidence/evidence.ts';
import { containerdNodeImages } from './containerd-images.ts';
import { dockerNodeImages, keepsInContainerd } from './docker-images.ts';
import type { NodeImages } from './node-images.ts';
import { containerdSandbox, dockerSandbox, type SandboxImage } from './sandbox-image.ts';
import { containerdImages, type ContainerdImages } from '../runtimes/containerd/images.ts';
import { containerdRegistries } from '../runtimes/containerd/registries.ts';
import { dockerImages } from '../runtimes/docker/images.ts';
import type { KubeletFacts } from '../runtimes/kubelet/kubelet.ts';
import { reportedRuntime } from '../runtimes/reported-runtime.ts';
import { runningDaemons, type RuntimeFacts } from '../runtimes/running.ts';
import { readFact } from '../problems/kit/read-fact.ts';
import { unpackedAnswers, unpackedOn, type UnpackedAnswers } from './unpacked-answers.ts';

/** What the runtime that kubelet uses keeps, and what it makes sandboxes from. */
export interface RuntimeView {
  readonly store: Observed<NodeImages>;
  readonly sandbox: SandboxImage;
}

const notTold: SandboxImage = { state: 'unknown', why: 'not-told', reason: 'malformed' };

export function runtimeView(node: NodeEvidence, kubelet: KubeletFacts | undefined): RuntimeView {
  const { images, told } = keptOn(node);
  const store = checkedOn(node) ?? images;
  switch (runtimeOf(node)) {
    case 'containerd':
      return { store, sandbox: sandboxOfContainerd(node, told) };
    case 'docker':
      return { store, sandbox: store.state === 'seen' ? sandboxOfDocker(node, kubelet, store.value) : notTold };
    default:
      return { store, sandbox: notTold };
  }
}

interface Kept {
  readonly images: Observed<NodeImages>;
  readonly told: ToldSandbox;
}

/** What containerd and its running sandboxes say that those are made from. */
type ToldSandbox = Pick<ContainerdImages, 'madeFrom' | 'given'>;

const nothingTold: ToldSandbox = { madeFrom: [], given: undefined };

const known = new WeakMap<NodeEvidence, Kept>();

/** What the runtime that kubelet uses keeps, by what every diagnosis asks. */
export function imagesOn(node: NodeEvidence): Observed<NodeImages> {
  return keptOn(node).images;
}

/** Taken apart once for a node, because many findings ask it of all nodes. */
function keptOn(node: NodeEvidence): Kept {
  const before = known.get(node);
  if (before !== undefined) return before;
  const kept = readKept(node);
  known.set(node, kept);
  return kept;
}

const checked = new WeakMap<NodeEvidence, Observed<NodeImages>>();

/** The same with what containerd was asked of all its images: undefined where nobody did, and nothing is to be added. */
function checkedOn(node: NodeEvidence): Observed<NodeImages> | undefined {
  const before = checked.get(node);
  if (before !== undefined) return before;
  const answers = runtimeOf(node) === 'containerd' ? unpackedAnswers(node) : undefined;
  const facts = answers && readFact(node, containerdImages);
  if (facts?.state !== 'seen' || facts.value === 'no-containerd') return undefined;
  const images = imagesOfContainerd(node, facts.value, answers);
  checked.set(node, images);
  return images;
}

function readKept(node: NodeEvidence): Kept {
  switch (runtimeOf(node)) {
    case 'containerd':
      return keptByContainerd(node);
    case 'docker':
      return { images: imagesOfDocker(node), told: nothingTold };
    default:
      return { images: unknownRuntime(node), told: nothingTold };
  }
}

/** Why is told by the first thing that would have: what nobody looked at is not unknown. */
function unknownRuntime(node: NodeEvidence): Observed<NodeImages> {
  const running = readFact(node, runningDaemons);
  return running.state === 'seen' ? notListed('which runtime kubelet uses is not known') : running;
}

/** By the Node object, else by what runs. */
function runtimeOf(node: NodeEvidence): 'containerd' | 'docker' | undefined {
  const reported = reportedRuntime(node);
  if (reported !== undefined)
    return reported.name === 'docker' || reported.name === 'containerd' ? reported.name : undefined;
  const running = readFact(node, runningDaemons);
  return running.state === 'seen' ? (runningRuntime(running.value) ?? answeringRuntime(node)) : undefined;
}

/** The only one that answers. */
function answeringRuntime(node: NodeEvidence): ReturnType<typeof runtimeOf> {
  const [docker, containerd] = [readFact(node, dockerImages), readFact(node, containerdImages)];
  if (docker.state !== 'seen' || containerd.state !== 'seen') return undefined;
  return docker.value !== 'no-docker' && containerd.value === 'no-containerd' ? 'docker' : undefined;
}

/** What kubelet was told, else what alone runs: docker has a containerd of its own. */
function runningRuntime({ kubeletEndpoint, kubeletRuntime, processes }: RuntimeFacts): ReturnType<typeof runtimeOf> {
  if (kubeletEndpoint !== undefined)
    return (['docker', 'containerd'] as const).find((name) => kubeletEndpoint.includes(name));
  if (kubeletRuntime === 'docker') return 'docker';
  if (processes.has('dockerd')) return processes.has('kubelet') ? 'docker' : undefined;
  return processes.has('containerd') ? 'containerd' : undefined;
}

function keptByContainerd(node: NodeEvidence): Kept {
  const facts = readFact(node, containerdImages);
  if (facts.state !== 'seen') return { images: facts, told: nothingTold };
  if (facts.value === 'no-containerd') return { images: notListed('containerd does not run'), told: nothingTold };
  return {
    images: imagesOfContainerd(node, facts.value),
    told: { madeFrom: facts.value.madeFrom, given: facts.value.given },
  };
}

function imagesOfContainerd(
  node: NodeEvidence,
  facts: ContainerdImages,
  answers?: UnpackedAnswers,
): Observed<NodeImages> {
  const { store, unlisted } = facts;
  if (unlisted?.why === 'muddled')
    return {
      state: 'unknown',
      reason: 'malformed',
      detail: 'its list of images has lines that are not those of containerd: an image calls its platform so',
    };
  if (store === undefined) return withoutClient(unlisted?.why);
  const unpacked = unpackedOn(node, store, answers);
  return { state: 'seen', value: containerdNodeImages(facts, { ...store, unpacked }) };
}

function imagesOfDocker(node: NodeEvidence): Observed<NodeImages> {
  const images = readFact(node, dockerImages);
  if (images.state !== 'seen') return images;
  if (images.value === 'no-docker') return notListed('dockerd does not run');
  const { listed, unlisted } = images.value;
  if (listed === undefined) return withoutClient(unlisted);
  return keepsInContainerd(listed)
    ? {
        ...notListed("Docker's containerd image store is not supported"),
        error: { code: 'IMAGE_STORE_UNSUPPORTED', params: { node: node.name } },
      }
    : { state: 'seen', value: dockerNodeImages(images.value, listed) };
}

function sandboxOfContainerd(node: NodeEvidence, { madeFrom, given }: ToldSandbox): SandboxImage {
  return containerdSandbox({ node, configuration: readFact(node, containerdRegistries), madeFrom, given });
}

function sandboxOfDocker(node: NodeEvidence, kubelet: KubeletFacts | undefined, store: NodeImages): SandboxImage {
  const [images, running] = [readFact(node, dockerImages), readFact(node, runningDaemons)];
  if (images.state !== 'seen' || images.value === 'no-docker') return notTold;
  return dockerSandbox({
    kubelet,
    running: running.state === 'seen' ? running.value : undefined,
    images: images.value,
    store,
  });
}

function notListed(detail: string): Extract<Observed<NodeImages>, { state: 'unknown' }> {
  return { state: 'unknown', reason: 'probe-failed', detail };
}

function withoutClient(why: 'no-client' | 'refused' | undefined): Observed<NodeImages> {
  return why === 'no-client'
    ? { state: 'unknown', reason: 'tool-missing', detail: 'the node has no client of its runtime' }
    : {
        state: 'unknown',
        reason: 'unproven',
        detail: 'others than root have a say in what the client of the runtime is',
      };
}
