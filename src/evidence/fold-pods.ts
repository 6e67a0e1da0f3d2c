import {
  samplePods,
  type HostDnsPods,
  type ImageUse,
  type MountingPod,
  type PodFacts,
  type RunningImage,
  type WaitingContainer,
} from './pod-facts.ts';
import type { ProjectedPod } from './project-pod.ts';
import { redactText } from './redact.ts';

type Counted<T> = { -readonly [Key in keyof T]: T[Key] };

/** One waiting group that still grows. */
interface Group {
  readonly first: Omit<WaitingContainer, 'pods' | 'samples' | 'nodes' | 'since'>;
  readonly samples: WaitingContainer['samples'][number][];
  readonly nodes: Set<string>;
  pods: number;
  since: string;
}

/** Takes pods one by one and keeps what they have in common once. */
export class PodFold {
  readonly #uses = new Map<string, Counted<ImageUse>>();
  readonly #waiting = new Map<string, Group>();
  readonly #usesOfPod = new Map<ProjectedPod, readonly Counted<ImageUse>[]>();
  readonly #nodesOfUse = new Map<Counted<ImageUse>, Set<string>>();
  readonly #runningOfUse = new Map<Counted<ImageUse>, Map<string, Set<string>>>();
  readonly #mounting = new Map<string, MountingPod>();
  readonly #hostDns = new Map<string, Counted<HostDnsPods>>();
  #pods = 0;

  /** `node` is empty where it does not matter which one the pod is on, or where it is on none yet. */
  add(pod: ProjectedPod, node = ''): void {
    this.#pods += 1;
    for (const use of this.#usesOf(pod)) {
      use.pods += 1;
      if (node === '') continue;
      this.#nodesOf(use).add(node);
      this.#noteRunning(use, pod, node);
    }
    if (pod.hostDns) this.#countHostDns(pod);
    if (pod.mounting) {
      const { namespace, name, uid, node: at, owner, mounting } = pod;
      this.#mounting.set(`${namespace}\n${name}`, { namespace, name, uid, node: at, owner, ...mounting });
    }
    for (const waiting of pod.waiting)
      this.#wait(
        pod,
        waiting,
        [whoOf(pod), waiting.container, waiting.image, waiting.reason, waiting.message].join('\n'),
      );
  }

  #countHostDns(pod: ProjectedPod): void {
    const { namespace, owner } = pod;
    const counted = this.#hostDns.get(whoOf(pod)) ?? { namespace, owner, pods: 0 };
    counted.pods += 1;
    this.#hostDns.set(whoOf(pod), counted);
  }

  /** The same object comes for each of the pods that are alike (`AlikePods`). */
  #usesOf(pod: ProjectedPod): readonly Counted<ImageUse>[] {
    const known = this.#usesOfPod.get(pod);
    if (known) return known;
    const who = whoOf(pod);
    const uses = pod.images.map((image) => this.#useOf(pod, image, who));
    this.#usesOfPod.set(pod, uses);
    return uses;
  }

  #nodesOf(use: Counted<ImageUse>): Set<string> {
    const nodes = this.#nodesOfUse.get(use) ?? new Set<string>();
    this.#nodesOfUse.set(use, nodes);
    return nodes;
  }

  #noteRunning(use: Counted<ImageUse>, { running = [] }: ProjectedPod, node: string): void {
    if (use.role === 'volume') return;
    const known = this.#runningOfUse.get(use) ?? new Map<string, Set<string>>();
    this.#runningOfUse.set(use, known);
    for (const { container, imageID } of running) {
      if (container !== use.container) continue;
      const nodes = known.get(imageID) ?? new Set();
      known.set(imageID, nodes.add(node));
    }
  }

  #useOf(
    { namespace, owner, isStatic, serviceAccount, pullSecrets }: ProjectedPod,
    { container, role, image, pullPolicy }: ProjectedPod['images'][number],
    who: string,
  ): Counted<ImageUse> {
    const key = [who, serviceAccount, pullSecrets.join(), role, container, image, pullPolicy ?? ''].join('\n');
    const known = this.#uses.get(key);
    if (known) return known;
    const use = {
      namespace,
      owner,
      container,
      role,
      image,
      serviceAccount,
      pullSecrets,
      pods: 0,
      ...(isStatic ? { static: true as const } : {}),
      ...(pullPolicy === undefined ? {} : { pullPolicy }),
    };
    this.#uses.set(key, use);
    return use;
  }

  #wait(pod: ProjectedPod, { container, image, reason, message }: ProjectedPod['waiting'][number], key: string): void {
    const { namespace, owner } = pod;
    const group = this.#waiting.get(key) ?? {
      first: { namespace, owner, container, image, reason, message: redactText(message) },
      samples: [],
      nodes: new Set<string>(),
      pods: 0,
      since: pod.createdAt,
    };
    group.pods += 1;
    if (group.samples.length < samplePods) group.samples.push({ name: pod.name, uid: pod.uid });
    if (pod.node !== '') group.nodes.add(pod.node);
    if (pod.createdAt < group.since) group.since = pod.createdAt;
    this.#waiting.set(key, group);
  }

  /** The order does not depend on the one in which pods came. */
  facts(): PodFacts {
    return {
      pods: this.#pods,
      uses: sorted(this.#uses).map((use) => {
        const nodes = this.#nodesOfUse.get(use);
        return nodes === undefined
          ? use
          : { ...use, nodes: [...nodes].toSorted(), ...runningIn(this.#runningOfUse.get(use), nodes.size) };
      }),
      waiting: sorted(new Map([...this.#waiting].map(([key, group]) => [key, waitingOf(group)]))),
      ...(this.#mounting.size === 0 ? {} : { mounting: sorted(this.#mounting) }),
      ...(this.#hostDns.size === 0 ? {} : { hostDns: sorted(this.#hostDns) }),
    };
  }
}

/** @param all how many nodes the use has */
function runningIn(
  running: ReadonlyMap<string, ReadonlySet<string>> | undefined,
  all: number,
): { readonly running?: readonly RunningImage[] } {
  if (running === undefined || running.size === 0) return {};
  const images = sorted(
    new Map(
      [...running].map(([imageID, nodes]) => [
        imageID,
        { imageID, ...(nodes.size === all ? {} : { nodes: [...nodes].toSorted() }) },
      ]),
    ),
  );
  return { running: images };
}

function whoOf({ namespace, owner }: ProjectedPod): string {
  return [namespace, owner.apiVersion, owner.kind, owner.name].join('\n');
}

function waitingOf({ first, samples, nodes, pods, since }: Group): WaitingContainer {
  return { ...first, pods, samples, nodes: [...nodes].toSorted(), since };
}

function sorted<T>(byKey: ReadonlyMap<string, T>): readonly T[] {
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}
