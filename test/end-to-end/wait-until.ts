import { setTimeout as sleep } from 'node:timers/promises';

/** A busy machine takes several times as long as an idle one. */
const patienceMs = 180_000;

/**
 * Waits until `missing` has nothing to say. What it throws counts as missing. @throws Error with what was missing last
 */
export async function waitUntil(missing: () => Promise<string | undefined>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(200)) {
    const what = await missing().catch(String);
    if (what === undefined) return;
    if (Date.now() > deadline) throw new Error(`after ${patienceMs / 1000} s still: ${what}`);
  }
}
