import { askTestbed } from './ask-testbed.ts';
import type { BootDelay } from './daemon/node-events.ts';
import type { NodeRequest } from './daemon/testbed-control.ts';
import { plannedNode } from './testbed-plan.ts';
import type { Testbed } from './testbed-up.ts';

/** Starts a node that is off; returns when it boots. @throws Error when it runs, or does not boot */
export async function startNode(testbed: Testbed, node: string): Promise<void> {
  await ask(testbed, { kind: 'start', node });
}

/**
 * Ends a node as a power cut does: in the middle of everything, and what it has not synced to its disk is lost. Its
 * power comes back at once; `setBootDelay` keeps it away. @throws Error when the node is off
 */
export async function cutPower(testbed: Testbed, node: string): Promise<void> {
  await ask(testbed, { kind: 'power-cut', node });
}

/**
 * Makes every start of a node from now on so many seconds late, or not come at all; `startNode` starts it all the same.
 */
export async function setBootDelay(testbed: Testbed, node: string, delay: BootDelay): Promise<void> {
  await ask(testbed, { kind: 'boot-delay', node, delay });
}

/**
 * Kills the API server in the middle of everything; half a second later it is started again.
 * @param flags that it then has besides those of all testbeds
 */
export async function killApiServer(testbed: Testbed, flags: readonly string[] = []): Promise<void> {
  await askTestbed(testbed, { kind: 'kill-api-server', flags });
}

/** As a command takes it: `20`, `0`, `never`. @throws Error naming what it takes */
export function parseBootDelay(text: string): BootDelay {
  if (text === 'never') return text;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Error(
    `A boot delay is a number of seconds, or never, not ${text || 'nothing'}\n  next: boot-delay NODE 20`,
  );
}

async function ask(testbed: Testbed, request: NodeRequest): Promise<void> {
  plannedNode(testbed.plan, request.node);
  await askTestbed(testbed, request);
}
