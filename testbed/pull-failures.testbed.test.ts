import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classify } from '../src/messages/classify.ts';
import { runScenarios, type Heard } from './pull-failures/run-scenarios.ts';
import { scenariosOf } from './pull-failures/scenario-pods.ts';
import { labelOn } from './pull-failures/said.ts';
import { quickScenarios } from './pull-failures/scenarios.ts';
import { failureDiskBytes, openFailureFixture, type FailureFixture } from './pull-failures/fixture.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

/**
 * Real kubelets and runtimes in every trouble that `pull-failures/scenarios.ts` makes but the slow ones, all at once:
 * what they say of it, in statuses of containers, in events and in the journals of the nodes, is understood.
 */
let testbed: TestTestbed;
let fixture: FailureFixture;
let heard: Heard;

beforeAll(async () => {
  testbed = await startTestTestbed(
    { containerd: 1, containerd2: 1, docker: 1 },
    { name: 'pulls', diskBytes: failureDiskBytes },
  );
  fixture = await openFailureFixture(await testbed.status());
  heard = await runScenarios(fixture, { slow: false });
});
afterAll(async () => {
  await fixture?.close();
  await testbed?.down();
});

const nodes = [
  { node: 'containerd-1', runtime: 'containerd' },
  { node: 'containerd2-1', runtime: 'containerd2' },
  { node: 'docker-1', runtime: 'docker' },
] as const;

describe.each(nodes)('$node', ({ node, runtime }) => {
  const expected = scenariosOf(quickScenarios, runtime).map((scenario) => ({
    name: scenario.name,
    expected: labelOn(scenario, runtime),
  }));

  test.each(expected)('$name: $expected', ({ name, expected }) => {
    const said = heard.all.filter((each) => each.node.name === node && each.scenario === name);
    const wrong = said.filter((each) => classify(each) !== each.label);
    expect(
      wrong.map(({ message, component, reason, label }) => ({
        message,
        component,
        reason,
        label,
        found: classify({ message, reason }),
      })),
    ).toEqual([]);
    expect(
      said.filter(({ label }) => label === expected).map(({ component }) => component),
      'kubelet tells of it',
    ).toContain('kubelet');
  });
});

test('with a login, pods run images that runtimes pulled from docker.io', async () => {
  const phases = (): Promise<string> =>
    fixture.kubectl([
      'get',
      'pods',
      ...nodes.map(({ node }) => `well-from-hub.${node}`),
      '-o',
      'jsonpath={.items[*].status.phase}',
    ]);
  await expect.poll(phases, { timeout: 60_000, interval: 500 }).toBe('Succeeded Succeeded Succeeded');
  expect(fixture.hub.hub.pulls.counted().get('paid')).toBeGreaterThanOrEqual(nodes.length);
});
