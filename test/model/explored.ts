import { quick } from '../runs.ts';

/**
 * Which histories are played. In the check always the same, so that a red check is somebody's change and not the day's
 * luck; `NODEMEND_HISTORIES=SECONDS` plays others for that long, and a failure prints its seed.
 */
export function explored(usual: number): { readonly numRuns: number; readonly seed?: number } {
  return process.env['NODEMEND_HISTORIES'] === undefined ? { numRuns: usual, seed: 11 } : { numRuns: 1_000_000 };
}

/** How long histories may be played, seconds; a quarter of that in `npm test`. */
export function playSeconds(usual: number): number {
  return Number(process.env['NODEMEND_HISTORIES'] ?? (quick ? usual / 4 : usual));
}
