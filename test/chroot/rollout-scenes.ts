import { afterEach } from 'vitest';
import type { NodeOutcome, RunResult } from '../../src/engine/run.ts';
import { RolloutScene } from './rollout-scene.ts';
import type { Shell } from './tool-root.ts';

export const five = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'];

/** For a test file: makes scenes, each of which is removed after the test that made it. */
export function sceneMaker(): (names?: readonly string[], shell?: Shell) => RolloutScene {
  const scenes: RolloutScene[] = [];
  afterEach(() => {
    for (const scene of scenes.splice(0)) scene.remove();
  });
  return (names = five, shell = 'dash') => {
    const scene = new RolloutScene(names, shell);
    scenes.push(scene);
    return scene;
  };
}

/** A line for each node: `worker-1 failed as-before validate`. */
export function brief(result: RunResult): readonly string[] {
  return result.nodes.map(({ node, ending, left, step, code }: NodeOutcome) =>
    [node, ending, left, step, code].filter(Boolean).join(' '),
  );
}
