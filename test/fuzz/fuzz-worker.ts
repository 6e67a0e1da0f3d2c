import { parentPort, workerData } from 'node:worker_threads';
import { fuzzOne } from './fuzz-one.ts';
import type { Finding, WorkOrder } from './work-order.ts';

/** Takes the targets in turn until its time is over; where it is, it writes into shared memory before each input. */
const { targets, seed, rounds, until, place } = workerData as WorkOrder;
const at = new Int32Array(place);
const counts = Object.fromEntries(targets.map((name) => [name, 0]));

for (let round = 0; round < rounds && Date.now() < until; round += 1) {
  for (const [target, name] of targets.entries()) {
    at[0] = target;
    at[1] = round;
    at[2] = (at[2] ?? 0) + 1;
    const finding: Finding | undefined = await fuzzOne(name, seed, round);
    counts[name] = round + 1;
    if (finding !== undefined) parentPort?.postMessage({ finding });
    if (Date.now() >= until) break;
  }
}
parentPort?.postMessage({ counts });
