import { afterAll, expect, vi } from 'vitest';

/** A set-up file: unit tests share processes, so a file that leaves it changed fails, and not the next one. */
const state = (): object => ({ environment: { ...process.env }, folder: process.cwd(), exitCode: process.exitCode });
const before = state();

afterAll(() => {
  expect(state(), 'this file leaves the process other than it found it').toEqual(before);
  expect(vi.isFakeTimers(), 'this file leaves faked timers behind').toBe(false);
});
