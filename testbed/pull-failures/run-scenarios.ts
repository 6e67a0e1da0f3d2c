import { setTimeout as sleep } from 'node:timers/promises';
import { readApi } from './from-api.ts';
import { readJournals } from './from-journal.ts';
import type { Said } from './said.ts';
import { podName, scenarioPod, scenariosOf } from './scenario-pods.ts';
import { diskScenarios, sandboxScenarios, scenarios, type Scenario } from './scenarios.ts';
import type { FailureWorld } from './world.ts';

/** How long a busy machine may take beyond what a scenario takes by itself, seconds. */
const patience = 90;
const everyMs = 500;

/** Everything that was said, each message of a node once. */
export class Heard {
  readonly #said = new Map<string, Said>();

  add(said: readonly Said[]): void {
    for (const each of said) this.#said.set(JSON.stringify([each.node.name, each.scenario, each.component, each.reason, each.message]), each);
  }

  get all(): readonly Said[] {
    return [...this.#said.values()];
  }
}

/** Brings all scenarios about, on every node, and listens. Each moment's own scenarios are heard before the next: pods try again, and meet other troubles then. */
export async function runScenarios(world: FailureWorld, lingerMs = 0): Promise<Heard> {
  const heard = new Heard();
  const listen = async (some: readonly Scenario[]): Promise<void> => {
    await untilAllSpoke(world, some, heard);
    await sleep(lingerMs);
    heard.add([...(await readApi(world, some)), ...(await readJournals(world, some))]);
  };
  await create(world, scenarios);
  await listen(scenarios);
  await world.sandboxImage('remove');
  await create(world, sandboxScenarios);
  await listen(sandboxScenarios);
  await world.sandboxImage('restore');
  await world.fillDisks();
  await create(world, diskScenarios);
  await listen(diskScenarios);
  return heard;
}

async function create({ testbed, kubectl }: FailureWorld, some: readonly Scenario[]): Promise<void> {
  const pods = testbed.plan.nodes.flatMap((node) => scenariosOf(some, node.runtime).map((scenario) => scenarioPod(scenario, node.name)));
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
}

/** Until something has been said of each pod that is no mere beginning. @throws Error naming the pods of which nothing was said */
async function untilAllSpoke(world: FailureWorld, some: readonly Scenario[], heard: Heard): Promise<void> {
  const deadline = performance.now() + (patience + Math.max(0, ...some.map(({ slow = 0 }) => slow))) * 1000;
  for (;;) {
    heard.add(await readApi(world, some));
    const spoken = new Set(heard.all.filter(({ label, reason }) => label !== 'other' || failing.test(reason)).map(({ scenario, node }) => `${scenario}.${node.name}`));
    const silent = world.testbed.plan.nodes.flatMap((node) => scenariosOf(some, node.runtime).map((scenario) => podName(scenario, node.name))).filter((pod) => !spoken.has(pod));
    if (silent.length === 0) return;
    if (performance.now() > deadline) throw new Error(`nothing was said of ${silent.join(', ')}`);
    await sleep(everyMs);
  }
}

/** Of pods whose label is `other`: that they have come to where they get. */
const failing = /^(?:Failed|BackOff|Unhealthy|Started|Killing|Pulled)$/;
