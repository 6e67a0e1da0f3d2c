import { setTimeout as sleep } from 'node:timers/promises';
import { readApi } from './from-api.ts';
import { readJournals } from './from-journal.ts';
import { labelOn, type Said } from './said.ts';
import { scenarioPod, scenariosOf } from './scenario-pods.ts';
import { diskScenarios, sandboxScenarios, scenarios, type Scenario } from './scenarios.ts';
import type { FailureFixture } from './fixture.ts';

/** How long a busy machine may take beyond what a scenario takes by itself, seconds. */
const patience = 120;
const everyMs = 1500;

/** Everything that was said, each message of a node once. */
export class Heard {
  readonly #said = new Map<string, Said>();

  add(said: readonly Said[]): void {
    for (const each of said)
      this.#said.set(JSON.stringify([each.node.name, each.scenario, each.component, each.reason, each.message]), each);
  }

  get all(): readonly Said[] {
    return [...this.#said.values()];
  }
}

interface RunOptions {
  /** With those that are slow. */
  readonly slow: boolean;
  /** How long to listen on: kubelet tries again, and says in between that it waits. Default 0. */
  readonly lingerMs?: number;
}

/**
 * Brings scenarios about, on every node, and listens. Each moment's own scenarios are heard before the next: pods try
 * again, and meet other troubles then.
 */
export async function runScenarios(fixture: FailureFixture, { slow, lingerMs = 0 }: RunOptions): Promise<Heard> {
  const heard = new Heard();
  const listen = async (some: readonly Scenario[]): Promise<void> => {
    await untilAllSpoke(fixture, some, heard);
    await sleep(lingerMs);
    heard.add([...(await readApi(fixture, some)), ...(await readJournals(fixture, some))]);
  };
  const first = scenarios.filter((scenario) => slow || scenario.slow === undefined);
  await create(fixture, first);
  await listen(first);
  await fixture.sandboxImage('remove');
  await create(fixture, sandboxScenarios);
  await listen(sandboxScenarios);
  await fixture.sandboxImage('restore');
  await fixture.fillDisks();
  await create(fixture, diskScenarios);
  await listen(diskScenarios);
  return heard;
}

async function create({ testbed, kubectl }: FailureFixture, some: readonly Scenario[]): Promise<void> {
  const pods = testbed.plan.nodes.flatMap((node) =>
    scenariosOf(some, node.runtime).map((scenario) => scenarioPod(scenario, node.name)),
  );
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
}

/**
 * Until each trouble has been told, and where none is to be told each pod has come to where it gets; or patience is at
 * its end.
 */
async function untilAllSpoke(fixture: FailureFixture, some: readonly Scenario[], heard: Heard): Promise<void> {
  const deadline = performance.now() + (patience + Math.max(0, ...some.map(({ slow = 0 }) => slow))) * 1000;
  for (;;) {
    heard.add(await readApi(fixture, some));
    const awaited = fixture.testbed.plan.nodes.flatMap((node) =>
      scenariosOf(some, node.runtime).map((scenario) => ({ node, scenario })),
    );
    const all = awaited.every(({ node, scenario }) =>
      heard.all.some((said) => said.node === node && said.scenario === scenario.name && tells(said, scenario)),
    );
    if (all || performance.now() > deadline) return;
    await sleep(everyMs);
  }
}

const getsNoFurther = /^(?:Failed|BackOff|Unhealthy|Started|Killing)$/;

function tells({ label, reason, node }: Said, scenario: Scenario): boolean {
  const expected = labelOn(scenario, node.runtime);
  return label === expected && (expected !== 'other' || getsNoFurther.test(reason));
}
