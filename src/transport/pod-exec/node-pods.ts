import { randomBytes } from 'node:crypto';
import { unlessInterrupted } from '../within.ts';
import type { PodJob } from './job-manifest.ts';
import { removePodJob } from './pod-job.ts';
import type { PodSettings } from './pod-settings.ts';
import { PodWatch } from './pod-watch.ts';
import { startPod, type HeldPod, type PodCluster } from './start-pod.ts';

/** A node that is come back to soon (each step of a rollout connects again) finds its pod. */
const lingerMs = 10_000;
/** How long the end waits to see that the pods are gone. */
const goneMs = 15_000;

export interface LentPod {
  readonly pod: HeldPod;
  /** Once. */
  readonly giveBack: () => void;
}

interface Entry {
  readonly job: PodJob;
  readonly started: Promise<HeldPod>;
  readonly givenUp: AbortController;
  users: number;
  timer?: NodeJS.Timeout;
}

/** The pods of one run: one per node, shared by all connections to it. */
export class NodePods {
  readonly #cluster: PodCluster;
  readonly #run = randomBytes(4).toString('hex');
  readonly #entries = new Map<string, Entry>();
  readonly #removals = new Set<Promise<void>>();
  /** Names of Jobs, also of those that are gone: their pods take a while to end. */
  readonly #jobs = new Set<string>();
  #made = 0;

  constructor(settings: PodSettings) {
    this.#cluster = { settings, watch: new PodWatch(settings.api, settings.namespace, this.#run) };
  }

  /** @throws NodemendError POD_…, API_…, COMMAND_INTERRUPTED */
  async lend(node: string, signal: AbortSignal): Promise<LentPod> {
    const entry = this.#entries.get(node) ?? this.#start(node);
    clearTimeout(entry.timer);
    entry.users++;
    try {
      return { pod: await unlessInterrupted(entry.started, node, signal), giveBack: () => this.#giveBack(entry) };
    } catch (error) {
      this.#giveBack(entry);
      throw error;
    }
  }

  hasMade(job: string): boolean {
    return this.#jobs.has(job);
  }

  /** Removes every pod, and waits until the cluster has done so. */
  async close(): Promise<void> {
    for (const entry of this.#entries.values()) this.#remove(entry);
    await Promise.all(this.#removals);
    await this.#cluster.watch.close();
  }

  #start(node: string): Entry {
    const job: PodJob = { name: `nodemend-${this.#run}-${++this.#made}`, run: this.#run, node };
    this.#jobs.add(job.name);
    const givenUp = new AbortController();
    const entry: Entry = { job, started: startPod(this.#cluster, job, givenUp.signal), givenUp, users: 0 };
    this.#entries.set(node, entry);
    // One that did not start, or is lost (the node was rebooted, somebody removed it), is not lent again.
    void entry.started
      .then(
        ({ lost }) => lost,
        () => undefined,
      )
      .then(() => this.#remove(entry));
    return entry;
  }

  #giveBack(entry: Entry): void {
    entry.users--;
    if (entry.users > 0 || this.#entries.get(entry.job.node) !== entry) return;
    entry.timer = setTimeout(() => this.#remove(entry), lingerMs).unref();
  }

  #remove(entry: Entry): void {
    if (this.#entries.get(entry.job.node) !== entry) return;
    this.#entries.delete(entry.job.node);
    clearTimeout(entry.timer);
    const removal = this.#end(entry).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  async #end({ job, started, givenUp }: Entry): Promise<void> {
    givenUp.abort();
    const pod = await started.catch(() => undefined);
    if (pod) {
      pod.release();
      await removePodJob(this.#cluster.settings, job);
    }
    await this.#cluster.watch
      .until(job.name, (state) => (state === undefined ? true : undefined), AbortSignal.timeout(goneMs))
      .catch(() => undefined);
  }
}
