import { expect, vi } from 'vitest';
import type { Place } from './place.ts';

/** How the users of the test node that are not root stand to it. */
export type Standing = 'sudo-works' | 'sudo-password' | 'sudo-other' | 'sudo-tty' | 'sudo-absent';

/**
 * What a transport brings to the execution contract. One that does not speak SSH (into pods) brings this and no
 * connection world.
 */
export interface ExecutionFixture {
  readonly root: Place;
  /** How many processes on the node have the text among their arguments. */
  readonly processesWith: (text: string) => number | Promise<number>;
  readonly close: () => Promise<void>;
}

/** One that logs in, as any user. */
export interface LoginFixture extends ExecutionFixture {
  readonly users: Readonly<Record<Standing, Place>>;
}

/** A number that no other process has among its arguments: a `sleep` with it is found again. */
export function uniqueSeconds(): string {
  return `9${Math.floor(Math.random() * 1e9)}`;
}

/** Waits until some or no process of the node has the text among its arguments. */
export async function waitForProcesses(
  fixture: ExecutionFixture,
  text: string,
  wanted: 'some' | 'none',
): Promise<void> {
  const check = async (): Promise<void> => {
    const count = await fixture.processesWith(text);
    if (wanted === 'some') expect(count).toBeGreaterThan(0);
    else expect(count).toBe(0);
  };
  await vi.waitFor(check, { timeout: 20_000, interval: 50 });
}
