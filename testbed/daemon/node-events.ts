import { appendFileSync, writeFileSync } from 'node:fs';

/** How a run of a node ended. A power cut loses what was not synced; the others are PID 1's own doing. */
export type NodeEnd = 'reboot' | 'poweroff' | 'power cut' | 'failed';

/** Extra seconds before each start, or a start that never comes. */
export type BootDelay = number | 'never';

/** What can happen to a node. */
export type NodeHappening =
  | { readonly event: 'booted'; readonly bootId: string }
  | { readonly event: 'ended'; readonly how: NodeEnd }
  /** A start that did not come about, and why. */
  | { readonly event: 'not booted'; readonly reason: string }
  | { readonly event: 'boot delay'; readonly delay: BootDelay }
  /** No kubelet speaks for it: the testbed writes its Node object, and why. */
  | { readonly event: 'stand-in'; readonly reason: string };

/** A line of the events file; `at` is ISO 8601. */
export type NodeEvent = NodeHappening & { readonly node: string; readonly at: string };

/** The events file: one JSON line for each, oldest first. */
export class EventLog {
  readonly #path: string;

  /** Begins it anew. */
  constructor(path: string) {
    this.#path = path;
    writeFileSync(path, '', { mode: 0o600 });
  }

  note(node: string, happening: NodeHappening): void {
    appendFileSync(
      this.#path,
      `${JSON.stringify({ node, at: new Date().toISOString(), ...happening } satisfies NodeEvent)}\n`,
    );
  }
}
