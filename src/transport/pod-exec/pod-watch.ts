import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi, WatchEvent } from '../../kubernetes/api.ts';
import { runLabel } from './job-manifest.ts';
import { readPodState, type PodState } from './pod-state.ts';

/** Follows the pods of one run by one watch, however many nodes wait for theirs. */
export class PodWatch {
  readonly #api: KubernetesApi;
  readonly #path: string;
  readonly #labelSelector: string;
  readonly #pods = new Map<string, PodState>();
  readonly #waiting = new Set<() => void>();
  readonly #ending = new AbortController();
  #following: Promise<void> | undefined;
  #failed: Promise<never> | undefined;
  /** All pods that there were at the beginning are known. */
  #complete = false;

  constructor(api: KubernetesApi, namespace: string, run: string) {
    this.#api = api;
    this.#path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    this.#labelSelector = `${runLabel}=${run}`;
  }

  /** The pod of a job as it is now; undefined before there is one, and when it is gone. */
  podOf(job: string): PodState | undefined {
    return [...this.#pods.values()].find((pod) => pod.job === job);
  }

  /**
   * Waits until what is known of a job's pod says something. @returns what it says
   * @throws NodemendError API_… when pods cannot be watched; the signal's reason.
   */
  async until<T>(job: string, judge: (pod: PodState | undefined) => T | undefined, signal: AbortSignal): Promise<T> {
    this.#following ??= this.#follow();
    for (;;) {
      signal.throwIfAborted();
      if (this.#failed) return this.#failed;
      const verdict = this.#complete ? judge(this.podOf(job)) : undefined;
      if (verdict !== undefined) return verdict;
      await this.#change(signal);
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  /** A watch that ended with an error is taken up again by the next one who waits. */
  async #follow(): Promise<void> {
    this.#failed = undefined;
    try {
      for (;;) await this.#watchOnce();
    } catch (error) {
      this.#failed = Promise.reject<never>(error);
      this.#failed.catch(() => undefined);
      this.#following = undefined;
      this.#tell();
    }
  }

  /** Until the server no longer knows the version that the watch is at. */
  async #watchOnce(): Promise<void> {
    const options = { labelSelector: this.#labelSelector, project: readPodState, signal: this.#ending.signal };
    const { items, resourceVersion } = await this.#api.snapshot(this.#path, options);
    this.#pods.clear();
    for (const pod of items) this.#pods.set(pod.name, pod);
    this.#complete = true;
    this.#tell();
    try {
      for await (const event of this.#api.watch(this.#path, { ...options, resourceVersion })) this.#note(event);
    } catch (error) {
      if (!isNodemendError(error) || error.code !== 'API_EXPIRED') throw error;
    }
  }

  #note({ type, object }: WatchEvent<PodState>): void {
    if (object === undefined) return;
    if (type === 'DELETED') this.#pods.delete(object.name);
    else this.#pods.set(object.name, object);
    this.#tell();
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
