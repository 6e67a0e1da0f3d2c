import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../api.ts';
import type { Timing } from '../timing.ts';
import { recordedNow } from './fixed-timing.ts';

/**
 * One Lease in memory. A fake: it keeps kube-apiserver's rule that a PUT with an old resourceVersion is refused, and no
 * other.
 */
export class FakeLeases {
  #lease: JsonObject | undefined;
  #version = 0;
  writes = 0;
  /** Every call fails as if the server were away. */
  broken = false;
  /** So many writes arrive, and their answers do not. */
  loseAnswers = 0;
  onAnswerLost: () => void = () => undefined;
  /** So many writes arrive twice, and the second one's answer is heard. */
  repeatWrites = 0;

  /** RFC 3339: what the server says of the last write, as it does in managedFields; without it, nothing. */
  writtenAt: string | undefined;
  /** The server's clock minus ours. */
  skewMs = 0;

  readonly api = {
    clockSkewMs: () => this.skewMs,
    get: async (path: string, project: (raw: JsonObject) => unknown) => {
      this.#check(path);
      if (!this.#lease) throw new NodemendError('API_NOT_FOUND', { path });
      const managedFields =
        this.writtenAt === undefined
          ? {}
          : {
              managedFields: [
                { manager: 'node', time: '2001-01-01T00:00:00Z' },
                { manager: 'nodemend', time: this.writtenAt },
              ],
            };
      return project({ ...this.#lease, metadata: { ...(this.#lease['metadata'] as JsonObject), ...managedFields } });
    },
    create: async (path: string, body: JsonObject, project: (raw: JsonObject) => unknown) => {
      this.#check(path);
      if (this.#lease) throw new NodemendError('API_CONFLICT', { path, message: 'already exists' });
      return project(this.#answer(body, path));
    },
    replace: async (path: string, body: JsonObject, project: (raw: JsonObject) => unknown) => {
      this.#check(path);
      // kube-apiserver: an update with a version of something that is gone is a conflict.
      if (!this.#lease) throw new NodemendError('API_CONFLICT', { path, message: 'deleted' });
      if ((body['metadata'] as JsonObject)['resourceVersion'] !== String(this.#version))
        throw new NodemendError('API_CONFLICT', { path, message: 'modified' });
      return project(this.#answer(body, path));
    },
  } as unknown as KubernetesApi;

  /** A write of somebody else. */
  put(spec: JsonObject): void {
    this.#store({ metadata: { ...(this.#lease?.['metadata'] as JsonObject | undefined) }, spec });
  }

  label(name: string, value: string): void {
    this.#store({
      ...this.#lease,
      metadata: { ...(this.#lease?.['metadata'] as JsonObject), labels: { [name]: value } },
    });
  }

  delete(): void {
    this.#lease = undefined;
  }

  spec(): JsonObject | undefined {
    return this.#lease?.['spec'] as JsonObject | undefined;
  }

  labels(): unknown {
    return (this.#lease?.['metadata'] as JsonObject | undefined)?.['labels'];
  }

  #check(path: string): void {
    if (this.broken) throw new NodemendError('API_REFUSED', { server: path });
  }

  #store(body: JsonObject): JsonObject {
    this.writes++;
    this.#lease = {
      ...body,
      metadata: { ...(body['metadata'] as JsonObject), resourceVersion: String(++this.#version) },
    };
    return this.#lease;
  }

  /** The same of a client, whose answer may be lost on the way. */
  #answer(body: JsonObject, path: string): JsonObject {
    const stored = this.#store(body);
    if (this.repeatWrites > 0) {
      this.repeatWrites--;
      throw new NodemendError('API_CONFLICT', { path, message: 'modified' });
    }
    if (this.loseAnswers === 0) return stored;
    this.loseAnswers--;
    this.onAnswerLost();
    throw new NodemendError('API_CONNECTION_CUT', { server: path });
  }
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

export interface SteppedTiming {
  readonly timing: Timing;
  readonly nowMs: () => number;
  /** Moves the clock, waking who is due, and lets them work. */
  readonly step: (ms: number) => Promise<void>;
  /** Moves the clock and wakes nobody: a process that was stopped. */
  readonly jump: (ms: number) => void;
  /** A machine that was suspended: its monotonic clock stood still. */
  readonly suspend: (ms: number) => void;
  /** A virtual machine that was paused: of its clocks only the date was put right afterwards. */
  readonly pause: (ms: number) => void;
  /** Something that happens again and again on this clock. */
  readonly every: (ms: number, happen: () => void) => void;
  /** Steps until the promise is settled. */
  readonly run: <T>(promise: Promise<T>) => Promise<T>;
}

/** A clock that only a test moves. */
export function steppedTiming(): SteppedTiming {
  let now = 0;
  let suspended = 0;
  let paused = 0;
  let sleepers: Sleeper[] = [];
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      sleepers.push({ wakeAt: now + ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  const step = async (ms: number) => {
    now += ms;
    const due = sleepers.filter(({ wakeAt }) => wakeAt <= now);
    sleepers = sleepers.filter(({ wakeAt }) => wakeAt > now);
    for (const { wake } of due) wake();
    await settle();
  };
  const repeat = async (ms: number, happen: () => void): Promise<void> => {
    for (;;) {
      await sleep(ms);
      happen();
    }
  };
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    const end = () => (settled = true);
    promise.then(end, end);
    await settle();
    for (let steps = 0; !settled && steps < 1000; steps++) await step(1_000);
    return promise;
  };
  return {
    timing: {
      now: () => recordedNow + now + suspended + paused,
      monotonicMs: () => now,
      sinceBootMs: () => now + suspended,
      sleep,
      random: () => 0,
    },
    nowMs: () => now,
    step,
    jump: (ms) => void (now += ms),
    suspend: (ms) => void (suspended += ms),
    pause: (ms) => void (paused += ms),
    every: (ms, happen) => void repeat(ms, happen),
    run,
  };
}
