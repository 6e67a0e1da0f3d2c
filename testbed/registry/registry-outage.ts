import { askTestbed } from '../ask-testbed.ts';
import { plannedRegistry } from '../testbed-plan.ts';
import type { Testbed } from '../testbed-up.ts';

/**
 * Stops a registry, `upstream` or `mirror`: its host refuses connections from then on. @throws Error when there is no
 * such registry
 */
export async function stopRegistry(testbed: Testbed, name: string): Promise<void> {
  await askTestbed(testbed, { kind: 'stop-registry', registry: plannedRegistry(testbed.plan, name).name });
}

/**
 * Starts it again with what it has stored; returns when it answers. A mirror starts only while the registry outside
 * runs.
 */
export async function resumeRegistry(testbed: Testbed, name: string): Promise<void> {
  await askTestbed(testbed, { kind: 'resume-registry', registry: plannedRegistry(testbed.plan, name).name });
}
