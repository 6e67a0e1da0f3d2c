import { afterEach } from 'vitest';
import type { NodeOutcome, RunResult } from '../../src/engine/run.ts';
import { RolloutFixture } from './rollout-fixture.ts';
import type { Shell } from './tool-root.ts';

export const five = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'];

/** For a test file: makes fixtures, each of which is removed after the test that made it. */
export function fixtureMaker(): (names?: readonly string[], shell?: Shell) => RolloutFixture {
  const fixtures: RolloutFixture[] = [];
  afterEach(() => {
    for (const fixture of fixtures.splice(0)) fixture.remove();
  });
  return (names = five, shell = 'dash') => {
    const fixture = new RolloutFixture(names, shell);
    fixtures.push(fixture);
    return fixture;
  };
}

/** A line for each node: `worker-1 failed as-before validate`. */
export function brief(result: RunResult): readonly string[] {
  return result.nodes.map(({ node, ending, left, step, code }: NodeOutcome) =>
    [node, ending, left, step, code].filter(Boolean).join(' '),
  );
}
