import { diskRoom, isSameDisk, parseDisk, type DiskRoom } from '../disk/room.ts';
import type { Evidence, NodeEvidence, Observed } from '../evidence/evidence.ts';
import { collectionPolicy, ownDisk, type CollectionPolicy, type Keeping } from './collection.ts';
import { guideImages, joined, storedName, type NeededByNode, type NeededImage } from './needed-images.ts';
import type { NodeImages } from './node-images.ts';
import { keepsImageInodes, kubeletKeepsSandbox, kubeletRemovesByAge, pinSupport } from './pin-support.ts';
import type { SandboxImage } from './sandbox-image.ts';
import { startedBeforeItsFiles } from '../runtimes/kubelet/configuration-files.ts';
import { formerDefaultHard } from '../runtimes/kubelet/eviction.ts';
import { kubeletConfiguration, type KubeletFacts } from '../runtimes/kubelet/kubelet.ts';
import { roomSettings, type RoomSettings } from '../runtimes/kubelet/settings-in-force.ts';
import { reportedRuntime } from '../runtimes/reported-runtime.ts';
import { runningDaemons } from '../runtimes/running.ts';
import { readFact } from '../problems/kit/read-fact.ts';
import { versionImages } from './version-images.ts';
import { runtimeView, type RuntimeView } from './runtime-view.ts';

/** What is known of the images of one node, and of what may happen to them. */
export interface NodeView {
  readonly node: NodeEvidence;
  readonly store: Observed<NodeImages>;
  readonly sandbox: SandboxImage;
  readonly needed: readonly NeededImage[];
  readonly keeping: Keeping;
  readonly policy: Observed<CollectionPolicy>;
  /** Of the file system of images; its path is the runtime's folder. */
  readonly room: Observed<DiskRoom>;
  /** Seconds for which kubelet has run, by the node's own clock; undefined where it is not known. */
  readonly kubeletAge: number | undefined;
  readonly hasKubelet: Observed<boolean>;
}

export function nodeView(node: NodeEvidence, evidence: Evidence, needed: Observed<NeededByNode>): NodeView {
  const fact = readFact(node, kubeletConfiguration);
  const kubelet = fact.state === 'seen' && fact.value !== 'no-kubelet' ? fact.value : undefined;
  const runtime = runtimeView(node, kubelet);
  const startedAt = kubelet?.startedAt;
  const room = roomOf(node, runtime.store);
  return {
    node,
    ...runtime,
    needed: neededOn(node, runtime, { needed, evidence }),
    keeping: keepingOf(node, runtime, kubelet),
    policy: policyOf(node, { fact, kubelet, roles: rolesOf(node, room) }),
    room,
    kubeletAge: startedAt === undefined ? undefined : Date.parse(evidence.collectedAt) / 1000 - startedAt,
    hasKubelet: fact.state === 'seen' ? { state: 'seen', value: kubelet !== undefined } : fact,
  };
}

function keepingOf(node: NodeEvidence, { store }: RuntimeView, kubelet: KubeletFacts | undefined): Keeping {
  const version = node.api.state === 'seen' ? node.api.value.kubeletVersion : undefined;
  const flag = kubelet?.options.get('pod-infra-container-image');
  const isDocker = store.state === 'seen' && store.value.runtime === 'docker';
  return {
    // Docker has nothing to pin with.
    pins: isDocker ? 'ignored' : pinSupport(reportedRuntime(node)?.version, version),
    kubeletsSandbox: flag !== undefined && kubeletKeepsSandbox(version) ? storedName(flag) : undefined,
  };
}

interface NeededFrom {
  readonly needed: Observed<NeededByNode>;
  readonly evidence: Evidence;
}

function neededOn(
  node: NodeEvidence,
  { store, sandbox }: RuntimeView,
  { needed, evidence }: NeededFrom,
): readonly NeededImage[] {
  const sandboxes = sandbox.state === 'known' ? [{ ...sandbox, isInUse: true }] : (sandbox.candidates ?? []);
  // What is configured for the next start of the daemon is not missed by any pod before.
  const ofSandbox = sandboxes.map(({ name, from, isInUse }): NeededImage => ({
    name,
    wanted: [{ by: isInUse ? 'sandbox' : 'configuration', name: from }],
    isAlwaysPulled: false,
  }));
  const configured = (evidence.scope.neededImages ?? []).flatMap((image): readonly NeededImage[] => {
    const name = storedName(image);
    return name === undefined ? [] : [{ name, wanted: [{ by: 'configuration', name: image }], isAlwaysPulled: false }];
  });
  const ofPods = needed.state === 'seen' ? (needed.value.get(node.name) ?? []) : [];
  // Where pods tell what the node needs, the guide's list only names more of the same.
  const ofGuide = needed.state !== 'seen' && store.state === 'seen' ? guideImages(store.value) : [];
  const { upgradeTo } = evidence.scope;
  const ofVersion = upgradeTo === undefined ? [] : versionImages(upgradeTo, evidence);
  return joined([...ofSandbox, ...configured, ...ofPods, ...ofGuide, ...ofVersion]);
}

interface PolicyFrom {
  readonly fact: Observed<KubeletFacts | 'no-kubelet'>;
  readonly kubelet: KubeletFacts | undefined;
  readonly roles: ReturnType<typeof rolesOf>;
}

function policyOf(node: NodeEvidence, { fact, kubelet, roles }: PolicyFrom): Observed<CollectionPolicy> {
  const isTold = node.kubelet?.state === 'seen';
  if (!isTold && fact.state !== 'seen') return fact;
  if (!isTold && kubelet === undefined)
    return { state: 'unknown', reason: 'probe-failed', detail: 'kubelet does not run' };
  if (!isTold && kubelet !== undefined && startedBeforeItsFiles(node, kubelet))
    return { state: 'unknown', reason: 'unproven', detail: 'its configuration was changed after kubelet was started' };
  const policy = collectionPolicy(settingsInForce(node, kubelet), roles);
  return policy === undefined
    ? { state: 'unknown', reason: 'malformed', detail: 'kubelet does not start with such a duration' }
    : { state: 'seen', value: policy };
}

function settingsInForce(node: NodeEvidence, kubelet: KubeletFacts | undefined): RoomSettings {
  const settings = roomSettings(node, kubelet);
  const version = node.api.state === 'seen' ? node.api.value.kubeletVersion : undefined;
  const { imageMaximumGCAge: _unknownKey, ...others } = settings;
  const known = kubeletRemovesByAge(version) ? settings : others;
  return keepsImageInodes(version) ? known : { evictionHard: formerDefaultHard, ...known };
}

/** What lies on the disk of images. Where nothing tells where kubelet's own folder does, it is there, too. */
function rolesOf(node: NodeEvidence, room: Observed<DiskRoom>): typeof ownDisk | undefined {
  const rooms = readFact(node, diskRoom);
  if (room.state !== 'seen' || rooms.state !== 'seen') return undefined;
  const kubelets = rooms.value.find(({ path }) => path === '/var/lib/kubelet');
  return kubelets === undefined || isSameDisk(room.value, kubelets) ? undefined : ownDisk;
}

function roomOf(node: NodeEvidence, store: Observed<NodeImages>): Observed<DiskRoom> {
  const own = store.state === 'seen' ? ownRoom(store.value) : undefined;
  if (own === null)
    return { state: 'unknown', reason: 'probe-failed', detail: 'the room of its folder was not measured' };
  if (own !== undefined) return { state: 'seen', value: own };
  const rooms = readFact(node, diskRoom);
  if (rooms.state !== 'seen') return rooms;
  const running = readFact(node, runningDaemons);
  const dockerRoot = running.state === 'seen' ? running.value.dockerRoot : '/var/lib/docker';
  const path = store.state === 'seen' && store.value.runtime === 'docker' ? dockerRoot : '/var/lib/containerd';
  const room = rooms.value.find((one) => one.path === path);
  return room === undefined
    ? { state: 'unknown', reason: 'probe-failed', detail: `the room of ${path} was not measured` }
    : { state: 'seen', value: room };
}

/** Of a containerd that keeps images elsewhere than usual; null where it was not measured. */
function ownRoom({ room: text }: NodeImages): DiskRoom | null | undefined {
  return text === undefined ? undefined : (parseDisk({ text, truncated: false })?.[0] ?? null);
}
