import type { NodesWatch } from '../../app/ports.ts';
import type { Sink } from './output.ts';
import { startProgress } from './progress.ts';
import type { Translate } from '../../app/texts/texts.ts';

/** The progress line of a fan-out: a node counts as slow from when it was first named so. */
export async function nodeProgress(notes: Sink, t: Translate): Promise<NodesWatch> {
  const display = await startProgress(notes, t, { mode: 'auto', now: Date.now });
  const since = new Map<string, number>();
  return {
    report: ({ done, total, slowest }) => {
      for (const node of slowest) if (!since.has(node)) since.set(node, Date.now());
      display.update({
        done,
        total,
        failed: 0,
        running: slowest.map((node) => ({ node, since: since.get(node) ?? Date.now() })),
      });
    },
    stop: display.stop,
  };
}
