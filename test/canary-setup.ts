import { captureMachine, machineChanges, type MachineState } from './canary.ts';

/**
 * Around a whole suite (vitest's `globalSetup`): a suite that leaves the machine other than it found it fails, with the names
 * of what has changed.
 */
let before: MachineState;

export function setup(): void {
  before = captureMachine();
}

export function teardown(): void {
  const changes = machineChanges(before, captureMachine());
  if (changes.length > 0) throw new Error(`the suite has changed the machine:\n${changes.join('\n')}`);
}
